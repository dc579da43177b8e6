import type { FileHistory } from "../../store/file-history.js";
import { RemoteBackendError } from "../../support/errors.js";
import type { OperationContext } from "../operations/operation.js";

/**
 * Returns the history of the store.
 * @throws RemoteBackendError `invalid-options` if it keeps none.
 */
export function historyOf({ store }: Pick<OperationContext, "store">): FileHistory {
  if (store.history) return store.history;
  throw new RemoteBackendError(
    "invalid-options",
    "This backend keeps no history. Construct it with the option history: true; a view of the past has the history of its backend.",
  );
}
