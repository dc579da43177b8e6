import { type CallOptions, type Change, directoriesOf, type Key } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { headFile } from "../requests/head.js";
import { firstKey } from "../requests/list.js";

/** How many directories are remembered, and for how many milliseconds: others may put a file in the place of one. */
const KNOWN = { count: 10_000, ms: 10_000 };

/** Looks for an obstacle that is gone whenever it is looked at again. */
const MAX_LOOKS = 10;

/** Looks for files that would also have to be directories. Best effort: others may create them the next moment. */
export class PathConflictCheck {
  readonly #bucket: Bucket;
  /** Keys that had files below them, and so were no files themselves, with the time of that; the oldest first. */
  readonly #directories = new Map<Key, number>();

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  /**
   * Finds a file in the way of a new one: one LIST, and a HEAD for each directory above it that is not known as one. An
   * obstacle is looked at again before the file is refused for it: stores under load have shown files that were deleted.
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

  /** Remembers that a file was created. */
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

  /** Forgets what a deletion may have changed. */
  removed(): void {
    this.#directories.clear();
  }
}

/** Takes the changes apart that can be made at once, and those of files below others of the same batch. */
export function splitConflicting(
  changes: readonly Change[],
): [first: readonly Change[], later: readonly Change[]] {
  const keys = new Set(changes.map(({ key }) => key));
  const isBelow = ({ key }: Change) => directoriesOf(key).some((directory) => keys.has(directory));
  return [changes.filter((change) => !isBelow(change)), changes.filter(isBelow)];
}
