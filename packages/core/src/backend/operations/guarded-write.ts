import { isSameContent } from "../../content/content.js";
import type { Change, Outcome } from "../../store/file-store.js";
import { backOff } from "../retry.js";
import { fetchFile, type OperationContext } from "./operation.js";
import { putChange } from "./put.js";

/**
 * Creates a file, or replaces the version that the reader has seen. Refuses a file that the reader has not seen as
 * `exists`, and one of which it has seen another version as `changed`. A replacement is conditional on the version, so
 * the guard holds across processes; it keeps the creation time, as an edit does. Identical content succeeds and changes
 * nothing.
 * @param change Change, whose `condition` is ignored.
 */
export async function writeGuarded(op: OperationContext, change: Change): Promise<Outcome> {
  const { key, content } = change;
  const seen = op.reader?.versionOf(key);
  // The first attempt may use a cached copy, or none for a new file: the store checks the condition.
  let file = seen === undefined ? undefined : await fetchFile(op, key, { stale: true });
  for (let attempt = 0; ; attempt++) {
    if (!file || (file.version === seen && !isSameContent(file.content, content))) {
      const condition = file ? { ...file, content: "" } : "create";
      const outcome = await putChange(op, { ...change, condition });
      if (outcome.done || outcome.why === "conflict") return outcome;
      if (attempt > 0) await backOff(attempt, op.call.signal);
    }
    file = await fetchFile(op, key);
    if (!file) continue;
    if (isSameContent(file.content, content)) return { done: true, version: file.version };
    if (file.version !== seen) return { done: false, why: seen === undefined ? "exists" : "changed" };
  }
}
