import type { FileInfo, LsResult } from "../../protocol/protocol.js";
import type { Entry } from "../../store/file-store.js";
import { below, entries, locate, type OperationContext, pathOf } from "./operation.js";

/** Formats a time. Omits times that ISO 8601 cannot express (PostgreSQL's `infinity`). */
function isoTime(date: Date | undefined): string | undefined {
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** Converts an entry of a listing to the protocol's form. */
export function fileInfo(op: OperationContext, entry: Entry): FileInfo {
  const modified = isoTime(entry.modifiedAt);
  return {
    path: pathOf(op, entry.key),
    is_dir: entry.directory ?? false,
    ...(entry.size !== undefined && { size: entry.size }),
    ...(entry.storedSize !== undefined && { stored_size: entry.storedSize }),
    ...(modified !== undefined && { modified_at: modified }),
  };
}

export async function ls(op: OperationContext, path: string): Promise<LsResult> {
  const files: FileInfo[] = [];
  for await (const entry of entries(op, below(locate(op, path)), { recursive: false })) {
    files.push(fileInfo(op, entry));
  }
  return { files };
}
