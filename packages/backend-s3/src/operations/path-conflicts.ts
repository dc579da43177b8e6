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
import { firstKey, listSubdirectories } from "../requests/list.js";
import { listSubdirectoriesOfVersions } from "../requests/list-versions.js";

/** Milliseconds for which an observation is trusted: another writer may replace a directory by a file at any time. */
const TRUSTED_MS = 10_000;

/** Number of keys to remember as directories, and of directories whose subdirectories are remembered. */
const KNOWN = { directories: 10_000, listings: 100 };

/** Maximum lookups of a conflicting file that keeps vanishing when it is verified. */
const MAX_LOOKS = 10;

type Call = Pick<CallOptions, "signal">;

/** Keys of the subdirectories of a directory, with the time of the listing. */
interface Listing {
  readonly at: number;
  /** Absent if they are more than one page of a listing. */
  readonly keys: ReadonlySet<Key> | undefined;
}

/**
 * Detects files that would also have to be directories. Best effort: a concurrent writer may create one at any time.
 */
export class PathConflictCheck {
  readonly #bucket: Bucket;
  /** Keys that had descendants, and so were not files, with the time of that observation; the oldest first. */
  readonly #directories = new BoundedMap<Key, number>(KNOWN.directories);
  /** Subdirectories by the key of their directory, empty for the root. */
  readonly #listings = new BoundedMap<Key, Listing>(KNOWN.listings);
  /** Lookups in progress, which the files of a batch share. */
  readonly #lookups = new Map<Key, Promise<"file" | "deleted" | "absent">>();
  readonly #listingsInProgress = new Map<Key, Promise<Listing>>();

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
   * Finds a file that conflicts with a new one. Sends no request if another file of its directory was created within the
   * last seconds; otherwise one LIST, and a HEAD for each ancestor that is not a known directory. A conflicting file is
   * verified by another request, because stores under load have returned deleted files.
   * @throws RemoteBackendError `invalid-path` if the versions of a deleted file are in the way.
   */
  async find(key: Key, options: Call): Promise<Key | undefined> {
    for (let looks = 1; ; looks++) {
      const other = await this.#look(key, options);
      if (other === undefined || looks === MAX_LOOKS || (await headFile(this.#bucket, other, options)))
        return other;
    }
  }

  async #look(key: Key, options: Call): Promise<Key | undefined> {
    const unknown = directoriesOf(key).filter((directory) => !isTrusted(this.#directories.get(directory)));
    const [below, ...above] = await Promise.all([
      this.#below(key, options),
      ...unknown.map((directory) =>
        shared(this.#lookups, directory, options, () => lookUp(this.#bucket, directory, options)),
      ),
    ]);
    const file = unknown.find((_, i) => above[i] === "file") ?? below.file;
    if (file !== undefined || !this.#hidesBehindDeleted()) return file;
    const deleted = unknown.find((_, i) => above[i] === "deleted") ?? below.deleted;
    if (deleted !== undefined) throw refusal(this.#bucket.objectKey(deleted));
    return undefined;
  }

  /** Finds a file below a key, or one that was deleted if that hides others too. */
  async #below(
    key: Key,
    options: Call,
  ): Promise<{ readonly file?: Key | undefined; readonly deleted?: Key | undefined }> {
    const { keys } = await this.#listingOf(parentOf(key), options);
    const isDirectory = !keys || keys.has(key) || isTrusted(this.#directories.get(key));
    if (!isDirectory) return {};
    const prefix = `${key}/`;
    if (!this.#hidesBehindDeleted()) return { file: await firstKey(this.#bucket, prefix, options) };
    for await (const [first] of listFileVersions(this.#bucket, prefix, { ...options, firstPage: 10 })) {
      return { file: await firstKey(this.#bucket, prefix, options), deleted: first?.key };
    }
    return {};
  }

  /** Lists the subdirectories of a directory, those included that have nothing but deleted files. */
  #listingOf(directory: Key, options: Call): Promise<Listing> {
    const known = this.#listings.get(directory);
    if (known && isTrusted(known.at)) return Promise.resolve(known);
    return shared(this.#listingsInProgress, directory, options, async () => {
      const at = performance.now();
      const prefix = directory === "" ? "" : `${directory}/`;
      const list = this.#hidesBehindDeleted() ? listSubdirectoriesOfVersions : listSubdirectories;
      const listing = { at, keys: await list(this.#bucket, prefix, options) };
      this.#listings.set(directory, listing);
      return listing;
    });
  }

  /** Records that a file was created. */
  created(key: Key): void {
    // Another writer may have deleted the directory of that name.
    this.#directories.delete(key);
    for (const directory of directoriesOf(key)) this.#directories.set(directory, performance.now());
  }

  /** Discards the cached directories, which a deletion may have invalidated. */
  deleted(): void {
    this.#directories.clear();
    this.#listings.clear();
  }
}

const isTrusted = (at: number | undefined): boolean =>
  at !== undefined && performance.now() - at < TRUSTED_MS;

/** Returns the key of the directory of a file, empty for the root. */
const parentOf = (key: Key): Key => key.slice(0, Math.max(0, key.lastIndexOf("/")));

/** Waits for the call that is in progress for a key, or makes one. The operation of another one may end before its call. */
async function shared<T>(
  inProgress: Map<Key, Promise<T>>,
  key: Key,
  { signal }: Call,
  run: () => Promise<T>,
): Promise<T> {
  const other = inProgress.get(key);
  if (other) {
    try {
      return await other;
    } catch (error) {
      if (signal.aborted) throw error;
    }
  }
  const own = run().finally(() => {
    if (inProgress.get(key) === own) inProgress.delete(key);
  });
  inProgress.set(key, own);
  return own;
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
