import { RemoteBackendError } from "@deepagents-remote/core";
import {
  type Author,
  compareCodePoints,
  type DeleteOptions,
  type DeleteOutcome,
  directoriesOf,
  type Key,
  type TimeRange,
} from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { mapConcurrent } from "../connection/map-concurrent.js";
import { markDeletion, markDeletionOf } from "../history/mark-deletion.js";
import { deleteObject, deleteObjects } from "../requests/delete.js";
import { type Head, headFile } from "../requests/head.js";
import { type ListedObject, listObjects } from "../requests/list.js";
import type { PutSettings } from "../requests/put.js";

/** Options of one attempt of a deletion. */
export type AttemptOptions = Pick<DeleteOptions, "signal" | "scope"> & {
  /** Time of the first request; set on an attempt that follows one with an unknown outcome. */
  readonly requestedAt?: TimeRange | undefined;
  /** True if the store lists files below another file only once that file is deleted. */
  readonly hides: boolean;
  readonly concurrency: number;
  /** Author to record in a bucket with history, and the parameters of the copies that carry it. */
  readonly author?: { readonly by: Author; readonly put: PutSettings } | undefined;
};

/** Maximum attempts to delete a file that is being written concurrently. */
const MAX_CONFLICTS = 10;

/**
 * Decision about an object that an attempt finds. `newer` objects are kept, and so are `unclear` ones, which may be
 * newer.
 */
type Verdict = "delete" | "newer" | "unclear";

/**
 * Deletion of a file, of its descendants, or both. Its attempts share state, so that a retry deletes only what the
 * first attempt found.
 */
export class Deletion {
  readonly key: Key;
  readonly #bucket: Bucket;
  /** The file as the first attempt saw it. */
  #seen: Head | undefined;
  #isFileSettled = false;
  #deletedCount = 0;
  /** Keys that were deleted: a key that is listed again was created since. */
  readonly #deletedKeys = new Set<Key>();
  readonly #failed = new Set<Key>();
  /** Objects whose deletion was sent and not acknowledged. */
  #pending: readonly ListedObject[] = [];
  /** Last key that an attempt has listed; `end` once a listing was complete. */
  #listedTo: Key | "end" | undefined;
  /** For a store that hides files below others: keys deleted since the last listing started. */
  #uncovering = new Set<Key>();
  /** Keys whose descendants to list, from the second listing on. */
  #uncovered: ReadonlySet<Key> | undefined;

  constructor(bucket: Bucket, key: Key) {
    this.#bucket = bucket;
    this.key = key;
  }

  /**
   * Makes an attempt.
   * @throws RemoteBackendError `unknown-outcome` also if something was deleted before the failure, because another
   *   attempt may find nothing left to delete.
   */
  async attempt(options: AttemptOptions): Promise<DeleteOutcome> {
    try {
      const looksAtFile = options.scope !== "descendants" && !this.#isFileSettled;
      const pages = options.scope === "file" ? undefined : this.#list(options);
      const [head, page] = await Promise.all([
        looksAtFile ? headFile(this.#bucket, this.key, options) : undefined,
        pages?.next(),
      ]);
      if (looksAtFile) await this.#deleteFile(head, options);
      if (pages) await this.#deleteDescendants(page!, pages, options);
      return { deleted: this.#deletedCount, failed: [...this.#failed] };
    } catch (error) {
      const hasDeleted = this.#deletedCount > 0 || this.#pending.length > 0;
      if (!RemoteBackendError.is(error) || error.code !== "unavailable" || !hasDeleted) throw error;
      const { message, cause, isTransient, isThrottled, retryAfterMs } = error;
      throw new RemoteBackendError("unknown-outcome", message, {
        cause,
        isTransient,
        isThrottled,
        retryAfterMs,
      });
    }
  }

  #list(options: AttemptOptions) {
    return listObjects(this.#bucket, this.key === "" ? "" : `${this.key}/`, options);
  }

  #recordDeleted(key: Key): void {
    this.#deletedCount++;
    this.#deletedKeys.add(key);
    this.#uncovering.add(key);
  }

  async #deleteFile(found: Head | undefined, options: AttemptOptions): Promise<void> {
    let head = found;
    for (let conflicts = 0; head; conflicts++) {
      const verdict = this.#seen ? judgeFile(head, this.#seen) : judgeByTime(head, options);
      // On a first attempt there is no other version to confuse the file with.
      if (verdict === "unclear" && options.requestedAt) {
        this.#failed.add(this.key);
        break;
      }
      if (verdict === "newer") break;
      this.#seen ??= head;
      const answer = await this.#deleteVersion(head, options);
      if (answer === "deleted") this.#recordDeleted(this.key);
      if (answer !== "changed") break;
      if (conflicts === MAX_CONFLICTS) {
        throw new RemoteBackendError("unavailable", "The file is being written concurrently.");
      }
      head = await headFile(this.#bucket, this.key, options);
    }
    // An earlier attempt deleted the file.
    if (options.requestedAt && this.#seen && this.#deletedCount === 0 && !this.#failed.has(this.key))
      this.#recordDeleted(this.key);
    this.#isFileSettled = true;
  }

  async #deleteVersion(head: Head, options: AttemptOptions): Promise<"deleted" | "changed" | "absent"> {
    const { author } = options;
    const etag = author
      ? await markDeletion(this.#bucket, this.key, head, author.by, author.put, options)
      : head.etag;
    if (etag === "changed" || etag === "absent") return etag;
    return deleteObject(this.#bucket, this.key, options, etag);
  }

  async #deleteDescendants(first: Listed, listing: Listing, options: AttemptOptions): Promise<void> {
    await this.#settlePending(options);
    let pages = listing;
    let page = first;
    for (;;) {
      for (; !page.done; page = await pages.next()) {
        const { objects, isLast } = page.value;
        const wanted = objects.filter((object) => this.#judge(object, options) === "delete");
        this.#recordListed(objects, isLast);
        await this.#deleteObjects(wanted, options);
      }
      // Files that were hidden behind deleted ones are visible now.
      if (!options.hides || this.#uncovering.size === 0) return;
      this.#uncovered = this.#uncovering;
      this.#uncovering = new Set();
      pages = this.#list(options);
      page = await pages.next();
    }
  }

  #recordListed(objects: readonly ListedObject[], isLast: boolean): void {
    if (this.#listedTo === "end") return;
    this.#listedTo = isLast ? "end" : (objects.at(-1)?.key ?? this.#listedTo);
  }

  /** Decides about a listed object. */
  #judge(object: ListedObject, options: AttemptOptions): Verdict {
    const { key } = object;
    if (this.#deletedKeys.has(key) || this.#failed.has(key)) return "newer";
    if (this.#uncovered) {
      return directoriesOf(key).some((directory) => this.#uncovered!.has(directory)) ? "delete" : "newer";
    }
    if (!options.requestedAt) return "delete";
    // An earlier attempt has listed everything up to this key.
    const wasListed =
      this.#listedTo === "end" ||
      (this.#listedTo !== undefined && compareCodePoints(key, this.#listedTo) <= 0);
    if (wasListed) return "newer";
    const verdict = judgeByTime(object, options);
    if (verdict === "unclear") this.#failed.add(key);
    return verdict;
  }

  async #deleteObjects(objects: readonly ListedObject[], options: AttemptOptions): Promise<void> {
    this.#pending = options.author ? await this.#mark(objects, options.author, options) : objects;
    const targets = objects.map(({ key }) => ({ key }));
    const failed = new Set(await deleteObjects(this.#bucket, targets, options.concurrency, options));
    for (const target of targets) {
      if (failed.has(target)) this.#failed.add(target.key);
      else this.#recordDeleted(target.key);
    }
    this.#pending = [];
  }

  #mark(
    objects: readonly ListedObject[],
    { by, put }: NonNullable<AttemptOptions["author"]>,
    options: AttemptOptions,
  ): Promise<readonly ListedObject[]> {
    return mapConcurrent(objects, options.concurrency, async (object) => {
      const etag = await markDeletionOf(this.#bucket, object.key, by, put, options);
      return { ...object, etag: etag ?? object.etag };
    });
  }

  /** Looks up each object whose deletion was not acknowledged, and retries it only if the object is still the same. */
  async #settlePending(options: AttemptOptions): Promise<void> {
    await mapConcurrent(this.#pending, options.concurrency, async ({ key, etag }) => {
      const head = await headFile(this.#bucket, key, options);
      const isSame = head !== undefined && head.etag === etag;
      const answer = isSame ? await deleteObject(this.#bucket, key, options, etag) : undefined;
      if (head === undefined || answer === "deleted" || answer === "absent") this.#recordDeleted(key);
      // A single write id means a new file: edits and replacements keep earlier ids.
      else if (isSame || head.writeIds.length !== 1) this.#failed.add(key);
    });
    this.#pending = [];
  }
}

type Listing = ReturnType<typeof listObjects>;
type Listed = Awaited<ReturnType<Listing["next"]>>;

/**
 * Distinguishes the file that was seen from a newer one of the same name. Edits and replacements keep the creating
 * write id.
 */
function judgeFile(now: Head, seen: Head): Verdict {
  const [creating, seenCreating] = [now.writeIds.at(-1), seen.writeIds.at(-1)];
  if (creating !== undefined && seenCreating !== undefined) {
    return creating === seenCreating ? "delete" : "newer";
  }
  const isSame = now.etag === seen.etag && now.modifiedAt?.getTime() === seen.modifiedAt?.getTime();
  return isSame ? "delete" : "unclear";
}

/** Decides about an object by its times alone. */
function judgeByTime(
  { modifiedAt }: { modifiedAt: Date | undefined },
  { requestedAt }: AttemptOptions,
): Verdict {
  if (!requestedAt) return "delete";
  return modifiedAt !== undefined && modifiedAt < requestedAt.earliest ? "delete" : "unclear";
}
