import { createHash } from "node:crypto";

/** Expected content of the database, which a second process verifies. */
export interface Manifest {
  /** SHA-256 of every file, in hex. */
  present: Record<string, string>;
  absent: string[];
  report: string;
}

export const sha256 = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");

export function hashAll(files: ReadonlyMap<string, Uint8Array>): Record<string, string> {
  return Object.fromEntries([...files].map(([path, content]) => [path, sha256(content)]));
}
