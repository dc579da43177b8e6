import { createHash } from "node:crypto";

/** What one process says must be in the database, and another looks for. */
export interface Manifest {
  /** SHA-256 of every file, in hexadecimal digits. */
  present: Record<string, string>;
  absent: string[];
  report: string;
}

export const sha256 = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");

export function hashAll(files: ReadonlyMap<string, Uint8Array>): Record<string, string> {
  return Object.fromEntries([...files].map(([path, content]) => [path, sha256(content)]));
}
