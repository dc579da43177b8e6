import { RemoteBackendError } from "../../support/errors.js";
import { locateFile, type OperationContext } from "../operations/operation.js";
import { checkMethodOptions } from "./arguments.js";
import { historyOf } from "./history-of.js";
import type { EraseOptions, EraseResult } from "./results.js";

/** Removes a file or a directory with every version, for good. */
export async function erase(
  op: OperationContext,
  path: string,
  options: EraseOptions = {},
): Promise<EraseResult> {
  const { key, relative, directory } = locateFile(op, path);
  checkMethodOptions("erase", options);
  const { before } = options;
  const scope = directory || relative === "" ? "descendants" : "all";
  const target = relative === "" ? key.replace(/\/$/, "") : key;
  const history = historyOf(op);
  for (let attempt = 0; ; attempt++) {
    try {
      return await history.erase(target, op.call.with({ scope, before }));
    } catch (error) {
      // Erasing is idempotent, so it is repeated even if an answer was lost; the counts are those of the last attempt.
      if (!RemoteBackendError.is(error)) throw error;
      await op.retries.after(error, attempt);
    }
  }
}
