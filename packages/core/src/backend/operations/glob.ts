import { compileGlob } from "../../glob/glob.js";
import type { FileInfo, GlobResult } from "../../protocol/protocol.js";
import { fileInfo } from "./ls.js";
import { below, entries, locate, type OperationContext } from "./operation.js";

/** Maximum number of files returned. */
const MAX_FILES = 10_000;

export async function glob(op: OperationContext, pattern: string, path: string): Promise<GlobResult> {
  const base = below(locate(op, path));
  const wanted = compileGlob(pattern);
  const files: FileInfo[] = [];
  for await (const entry of entries(op, base + wanted.prefix, { recursive: true })) {
    if (!wanted.matches(entry.key.slice(base.length))) continue;
    if (files.length === MAX_FILES) return { files, truncated: true };
    files.push(fileInfo(op, entry));
  }
  return { files };
}
