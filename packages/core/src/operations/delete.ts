import { RemoteBackendError } from "../errors.js";
import type { DeleteResult } from "../protocol.js";
import { locateFile, type Operation } from "./operation.js";

export async function remove(op: Operation, path: string): Promise<DeleteResult> {
  const { key, relative, directory } = locateFile(op, path);
  const isRoot = relative === "";
  const target = isRoot ? key.replace(/\/$/, "") : key;
  let doubtful = false;
  for (let attempt = 0; ; attempt++) {
    try {
      const { removed, left } = await op.store.remove(
        target,
        op.call.with({ what: directory ? "below" : "both" } as const),
      );
      if (left.length > 0)
        return { error: `Error: ${left.length} files could not be deleted and are still there` };
      // An attempt whose answer was lost may have removed everything; an empty root is as it was asked for.
      if (removed > 0 || isRoot || doubtful) return { path, filesUpdate: null };
      return { error: `Error: File '${path}' not found` };
    } catch (error) {
      if (!RemoteBackendError.is(error)) throw error;
      doubtful ||= error.code === "unknown-outcome";
      await op.retries.after(error, attempt);
    }
  }
}
