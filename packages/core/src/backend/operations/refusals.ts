import { isReachable } from "../../protocol/path.js";
import type { Key } from "../../store/file-store.js";
import { type OperationContext, pathOf } from "./operation.js";

/** Why a file may not be where another file needs a directory, or the other way round. */
export function pathConflictSentence(op: OperationContext, path: string, other: Key): string {
  // A file above the namespace is another tenant's: its name is not told.
  const name = other.startsWith(op.call.root) ? nameOf(op, other) : "a file above this namespace";
  return `'${path}' cannot be stored, because a file cannot also be a directory: ${name} is in the way. Choose another path.`;
}

/** What no path can name may hold anything, a newline among it. */
const nameOf = (op: OperationContext, key: Key): string =>
  isReachable(key.slice(op.call.root.length)) ? `'${pathOf(op, key)}'` : "something that no path can name";

/** Why a file is refused for its size. */
export const tooLargeSentence = (path: string, bytes: number, op: OperationContext): string =>
  `'${path}' would have ${bytes} bytes, and ${op.limits.maxFileBytes} are allowed. Nothing was written.`;

/** Why a history is not replaced. */
export const historySentence = (path: string): string =>
  `The history '${path}' was left as it is, because the new content does not begin with it.`;
