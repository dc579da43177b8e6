import type { Key } from "../../store/file-store.js";
import type { Author } from "../../store/origin.js";
import { RemoteBackendError } from "../../support/errors.js";
import type { OperationContext } from "../operations/operation.js";

/** Returns the author of the newest version of a file, if the history knows it. A failure is not reported. */
export async function newestAuthor({ store, call }: OperationContext, key: Key): Promise<Author | undefined> {
  try {
    const [newest] = (await store.history?.versions(key, call.with({ limit: 1 }))) ?? [];
    return newest?.by;
  } catch (error) {
    if (!RemoteBackendError.is(error)) throw error;
    return undefined;
  }
}

/** Describes an author in a sentence: ` by agent 'writer' of user 'anna' in thread 't-1'`. Empty if unknown. */
export function byAuthor({ agent, user, thread }: Author = {}): string {
  const who = [agent && `agent '${agent}'`, user && `user '${user}'`].filter(Boolean).join(" of ");
  return `${who && ` by ${who}`}${thread ? ` in thread '${thread}'` : ""}`;
}
