import { type CallOptions, type Change, directoriesOf, type Key } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { headFile } from "../requests/head.js";
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
  readonly #directories = new Map<Key, number>();

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  /**
   * Finds a file that conflicts with a new one: one LIST, and a HEAD for each ancestor that is not a known directory. A
   * conflicting file is verified by another request, because stores under load have returned deleted files.
   */
  async find(key: Key, call: Pick<CallOptions, "signal">): Promise<Key | undefined> {
    for (let looks = 1; ; looks++) {
      const other = await this.#look(key, call);
      if (other === undefined || looks === MAX_LOOKS || (await headFile(this.#bucket, other, call)))
        return other;
    }
  }

  async #look(key: Key, call: Pick<CallOptions, "signal">): Promise<Key | undefined> {
    const unknown = directoriesOf(key).filter((directory) => !this.#isKnown(directory));
    const [below, ...above] = await Promise.all([
      firstKey(this.#bucket, `${key}/`, call),
      ...unknown.map(async (directory) =>
        (await headFile(this.#bucket, directory, call)) ? directory : undefined,
      ),
    ]);
    return above.find((directory) => directory !== undefined) ?? below;
  }

  #isKnown(directory: Key): boolean {
    const at = this.#directories.get(directory);
    return at !== undefined && performance.now() - at < KNOWN.ms;
  }

  /** Records that a file was created. */
  created(key: Key): void {
    for (const directory of directoriesOf(key)) {
      this.#directories.delete(directory);
      this.#directories.set(directory, performance.now());
    }
    for (const [directory] of this.#directories) {
      if (this.#directories.size <= KNOWN.count) break;
      this.#directories.delete(directory);
    }
  }

  /** Discards what a deletion may have invalidated. */
  removed(): void {
    this.#directories.clear();
  }
}

/** Splits off the changes of files below other files of the same batch; all others can be made concurrently. */
export function splitConflicting(
  changes: readonly Change[],
): [first: readonly Change[], later: readonly Change[]] {
  const keys = new Set(changes.map(({ key }) => key));
  const isBelow = ({ key }: Change) => directoriesOf(key).some((directory) => keys.has(directory));
  return [changes.filter((change) => !isBelow(change)), changes.filter(isBelow)];
}
