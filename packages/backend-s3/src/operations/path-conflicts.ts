import { RemoteBackendError } from "@deepagents-remote/core";
import {
  BoundedMap,
  type CallOptions,
  type Change,
  directoriesOf,
  type Key,
} from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { listFileVersions } from "../history/file-versions.js";
import { headFile, lookUp } from "../requests/head.js";
import { firstKey } from "../requests/list.js";

/**
 * Number of directories to remember, and for how many milliseconds: another writer may replace a directory by a file.
 */
const KNOWN = { count: 10_000, ms: 10_000 };

/** Maximum lookups of a conflicting file that keeps vanishing when it is verified. */
const MAX_LOOKS = 10;

/**
 * Detects files that would also have to be directories. Best effort: a concurrent writer may create one at any time.
 */
export class PathConflictCheck {
  readonly #bucket: Bucket;
  /** Keys that had descendants, and so were not files, with the time of that observation; the oldest first. */
  readonly #directories = new BoundedMap<Key, number>(KNOWN.count);

  readonly #hidesBehindDeleted: () => boolean;

  /**
   * @param hidesBehindDeleted True for a store that keeps versions and does not list files below a deleted file, as long
   *   as its versions are kept, nor the versions of deleted files below another file.
   */
  constructor(bucket: Bucket, hidesBehindDeleted = () => false) {
    this.#bucket = bucket;
    this.#hidesBehindDeleted = hidesBehindDeleted;
  }

  /**
   * Finds a file that conflicts with a new one: one LIST, and a HEAD for each ancestor that is not a known directory. A
   * conflicting file is verified by another request, because stores under load have returned deleted files.
   * @throws RemoteBackendError `invalid-path` if the versions of a deleted file are in the way.
   */
  async find(key: Key, options: Pick<CallOptions, "signal">): Promise<Key | undefined> {
    for (let looks = 1; ; looks++) {
      const other = await this.#look(key, options);
      if (other === undefined || looks === MAX_LOOKS || (await headFile(this.#bucket, other, options)))
        return other;
    }
  }

  async #look(key: Key, options: Pick<CallOptions, "signal">): Promise<Key | undefined> {
    const unknown = directoriesOf(key).filter((directory) => !this.#isKnown(directory));
    const [below, ...above] = await Promise.all([
      this.#firstBelow(`${key}/`, options),
      ...unknown.map((directory) => lookUp(this.#bucket, directory, options)),
    ]);
    const file = unknown.find((_, i) => above[i] === "file") ?? below.file;
    if (file !== undefined || !this.#hidesBehindDeleted()) return file;
    const deleted = unknown.find((_, i) => above[i] === "deleted") ?? below.deleted;
    if (deleted !== undefined) throw refusal(this.#bucket.objectKey(deleted));
    return undefined;
  }

  /** Finds a file under a prefix, or one that was deleted if that hides others too. */
  async #firstBelow(
    prefix: string,
    options: Pick<CallOptions, "signal">,
  ): Promise<{ readonly file?: Key | undefined; readonly deleted?: Key | undefined }> {
    if (!this.#hidesBehindDeleted()) return { file: await firstKey(this.#bucket, prefix, options) };
    for await (const [first] of listFileVersions(this.#bucket, prefix, { ...options, firstPage: 10 })) {
      return { file: await firstKey(this.#bucket, prefix, options), deleted: first?.key };
    }
    return {};
  }

  #isKnown(directory: Key): boolean {
    const at = this.#directories.get(directory);
    return at !== undefined && performance.now() - at < KNOWN.ms;
  }

  /** Records that a file was created. */
  created(key: Key): void {
    for (const directory of directoriesOf(key)) this.#directories.set(directory, performance.now());
  }

  /** Discards the cached directories, which a deletion may have invalidated. */
  deleted(): void {
    this.#directories.clear();
  }
}

const refusal = (objectKey: string) =>
  new RemoteBackendError(
    "invalid-path",
    "The store cannot show a file and a directory of one name, and the versions of a deleted file are in the way. " +
      "Choose another name.",
    { hint: `Erase the history of ${objectKey}, or use a store that shows both, such as AWS.` },
  );

/** Splits off the changes of files below other files of the same batch; all others can be made concurrently. */
export function splitConflicting(
  changes: readonly Change[],
): [first: readonly Change[], later: readonly Change[]] {
  const keys = new Set(changes.map(({ key }) => key));
  const isBelow = ({ key }: Change) => directoriesOf(key).some((directory) => keys.has(directory));
  return [changes.filter((change) => !isBelow(change)), changes.filter(isBelow)];
}
