import { isSameContent } from "../../content/content.js";
import type { Change, Key, StoredFile } from "../../store/file-store.js";
import { RemoteBackendError } from "../../support/errors.js";
import { backOff } from "../retry.js";
import { type Fetched, fetchFiles, type OperationContext } from "./operation.js";
import { type OnOutcome, putChanges, type Settled } from "./put.js";

type Content = string | Uint8Array;

/**
 * Stores histories by compare-and-swap: content that begins with the stored content replaces it; any other content is
 * refused as `exists`.
 * @param changes Changes, whose `condition` is ignored.
 * @returns One answer per change, in order.
 */
export async function growFiles(
  op: OperationContext,
  changes: readonly Change[],
  onOutcome?: OnOutcome,
): Promise<readonly Settled[]> {
  const settled = new Map<Key, Settled>();
  const settle: OnOutcome = (key, outcome) => {
    settled.set(key, outcome);
    onOutcome?.(key, outcome);
  };
  let open = changes;
  for (let attempt = 0; ; attempt++) {
    const files = await fetchFiles(
      op,
      open.map(({ key }) => key),
    );
    const grown: Change[] = [];
    for (const change of open) {
      const file = files.get(change.key);
      const answer = withoutWrite(file, change.content);
      if (answer) settle(change.key, answer);
      else grown.push({ ...change, condition: (file as StoredFile | undefined) ?? "create" });
    }
    const outcomes = await putChanges(op, grown, (key, outcome) => {
      if (!isConflict(outcome)) settle(key, outcome);
    });
    open = grown.filter(({ key }, i) => {
      const outcome = outcomes[i]!;
      if (isConflict(outcome)) return true;
      settle(key, outcome);
      return false;
    });
    if (open.length === 0) break;
    await backOff(attempt, op.call.signal);
  }
  return changes.map(({ key }) => settled.get(key)!);
}

/** True if a concurrent writer won, so that the file must be fetched again. */
const isConflict = (outcome: Settled): boolean =>
  !RemoteBackendError.is(outcome) && !outcome.done && outcome.why !== "conflict";

/**
 * Returns the answer for a file that needs no write or must not be written; `undefined` if the content is to be stored.
 */
function withoutWrite(file: Fetched, content: Content): Settled | undefined {
  if (file === undefined || RemoteBackendError.is(file)) return file;
  if (isSameContent(file.content, content)) return { done: true, version: file.version };
  return startsWith(content, file.content) ? undefined : { done: false, why: "exists" };
}

/** True if the content begins with the whole old content. */
function startsWith(content: Content, old: Content): boolean {
  if (typeof content === "string" && typeof old === "string") return content.startsWith(old);
  const [whole, start] = [bytesOf(content), bytesOf(old)];
  return start.length <= whole.length && whole.subarray(0, start.length).equals(start);
}

const bytesOf = (content: Content): Buffer =>
  typeof content === "string"
    ? Buffer.from(content)
    : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
