import type { StoreContext } from "../../context.js";
import { HistoryContext } from "../../history-context.js";

/** Returns a directory for the files of a case, its history, and a clock that lies beside it. */
export function workspace(t: StoreContext) {
  const files = t.under("files");
  return { files, history: new HistoryContext(files), clock: new HistoryContext(t) };
}
