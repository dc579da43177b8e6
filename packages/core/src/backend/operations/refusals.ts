import { isReachable } from "../../protocol/path.js";
import type { Key } from "../../store/file-store.js";
import type { Author } from "../../store/origin.js";
import { byAuthor } from "../history/newest-author.js";
import { type OperationContext, pathOf } from "./operation.js";

/** Returns the error sentence for a path conflict: a file where another file needs a directory, or vice versa. */
export function pathConflictSentence(op: OperationContext, path: string, other: Key): string {
  // A file above the namespace belongs to another tenant, so its name is not disclosed.
  const name = other.startsWith(op.call.root) ? nameOf(op, other) : "a file above this namespace";
  return `'${path}' cannot be stored, because a file cannot also be a directory: ${name} is in the way. Choose another path.`;
}

/** Names a file by its path if it has one; an unreachable key may contain anything, including newlines. */
const nameOf = (op: OperationContext, key: Key): string =>
  isReachable(key.slice(op.call.root.length)) ? `'${pathOf(op, key)}'` : "something that no path can name";

/** Returns the error sentence for a file that is too large. */
export const tooLargeSentence = (path: string, bytes: number, op: OperationContext): string =>
  `'${path}' would have ${bytes} bytes, and ${op.limits.maxFileBytes} are allowed. Nothing was written.`;

/** Returns the error sentence for a history that must not be replaced. */
export const conversationHistorySentence = (path: string): string =>
  `The history '${path}' was left as it is, because the new content does not begin with it.`;

/** Returns the error sentence for an existing file that a guarded write may not replace: its reader has not seen it. */
export const unreadSentence = (path: string): string =>
  `File '${path}' already exists and you have not read it, so it was left as it is. ` +
  "Read it with read_file first. Then write it again, or change it with edit_file.";

/**
 * Returns the error sentence for a file of which the reader of a guarded write has seen another version.
 * @param by Author of the change, if known.
 */
export const changedSentence = (path: string, by: Author | undefined): string =>
  `File '${path}' has been changed${byAuthor(by)} since you read it, so it was left as it is. ` +
  "Read it again with read_file and keep what others have changed. Then write it again, or change it with edit_file.";
