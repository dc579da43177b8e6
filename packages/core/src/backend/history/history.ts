import type { OperationContext } from "../operations/operation.js";
import { checkMethodOptions, keyOfFile, pageLimit } from "./arguments.js";
import { fileVersion } from "./file-version.js";
import { historyOf } from "./history-of.js";
import type { FileHistoryOptions, FileHistoryResult } from "./results.js";

/** Returns a page of the versions of a file, newest first. */
export async function history(
  op: OperationContext,
  path: string,
  options: FileHistoryOptions = {},
): Promise<FileHistoryResult> {
  const key = keyOfFile(op, path);
  checkMethodOptions("history", options);
  const { before } = options;
  const limit = pageLimit(options.limit);
  // One more than the limit tells whether there is a next page.
  const entries = await op.retries.run(() =>
    historyOf(op).versions(key, op.call.with({ limit: limit + 1, before })),
  );
  const page = entries.slice(0, limit);
  const last = page.at(-1);
  return {
    versions: page.map((entry) => fileVersion(op, entry)),
    ...(entries.length > limit && last && { next: last.id }),
  };
}
