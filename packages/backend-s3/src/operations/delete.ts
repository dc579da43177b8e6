import { RemoteBackendError } from "@deepagents-remote/core";
import {
  compareCodePoints,
  type DeleteOptions,
  type DeleteOutcome,
  directoriesOf,
  type Key,
  type Moment,
} from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { mapConcurrent } from "../connection/map-concurrent.js";
import { deleteObject, deleteObjects } from "../requests/delete.js";
import { type Head, headFile } from "../requests/head.js";
import { type ListedObject, listObjects } from "../requests/list.js";

/** Options of one attempt of a deletion. */
export type AttemptOptions = Pick<DeleteOptions, "signal" | "scope"> & {
  /** Time of the first request; set on an attempt that follows one with an unknown outcome. */
  readonly requestedAt?: Moment | undefined;
  /** True if the store lists files below another file only once that file is deleted. */
  readonly hides: boolean;
  readonly concurrency: number;
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
  #deleted = 0;
  /** Keys that were deleted: a key that is listed again was created since. */
  readonly #gone = new Set<Key>();
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
  async attempt(call: AttemptOptions): Promise<DeleteOutcome> {
    try {
      const looksAtFile = call.scope !== "descendants" && !this.#isFileSettled;
      const pages = call.scope === "file" ? undefined : this.#list(call);
      const [head, page] = await Promise.all([
        looksAtFile ? headFile(this.#bucket, this.key, call) : undefined,
        pages?.next(),
      ]);
      if (looksAtFile) await this.#deleteFile(head, call);
      if (pages) await this.#deleteDescendants(page!, pages, call);
      return { deleted: this.#deleted, failed: [...this.#failed] };
    } catch (error) {
      const hasDeleted = this.#deleted > 0 || this.#pending.length > 0;
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

  #list(call: AttemptOptions) {
    return listObjects(this.#bucket, this.key === "" ? "" : `${this.key}/`, call);
  }

  #isGone(key: Key): void {
    this.#deleted++;
    this.#gone.add(key);
    this.#uncovering.add(key);
  }

  async #deleteFile(found: Head | undefined, call: AttemptOptions): Promise<void> {
    let head = found;
    for (let conflicts = 0; head; conflicts++) {
      const verdict = this.#seen ? judgeFile(head, this.#seen) : judgeByTime(head, call);
      // On a first attempt there is no other version to confuse the file with.
      if (verdict === "unclear" && call.requestedAt) {
        this.#failed.add(this.key);
        break;
      }
      if (verdict === "newer") break;
      this.#seen ??= head;
      const answer = await deleteObject(this.#bucket, this.key, call, head.etag);
      if (answer === "deleted") this.#isGone(this.key);
      if (answer !== "changed") break;
      if (conflicts === MAX_CONFLICTS) {
        throw new RemoteBackendError("unavailable", "The file is being written concurrently.");
      }
      head = await headFile(this.#bucket, this.key, call);
    }
    // An earlier attempt deleted the file.
    if (call.requestedAt && this.#seen && this.#deleted === 0 && !this.#failed.has(this.key))
      this.#isGone(this.key);
    this.#isFileSettled = true;
  }

  async #deleteDescendants(first: Listed, listing: Listing, call: AttemptOptions): Promise<void> {
    await this.#settlePending(call);
    let pages = listing;
    let page = first;
    for (;;) {
      for (; !page.done; page = await pages.next()) {
        const { objects, isLast } = page.value;
        const wanted = objects.filter((object) => this.#judge(object, call) === "delete");
        this.#hasListed(objects, isLast);
        await this.#deleteObjects(wanted, call);
      }
      // Files that were hidden behind deleted ones are visible now.
      if (!call.hides || this.#uncovering.size === 0) return;
      this.#uncovered = this.#uncovering;
      this.#uncovering = new Set();
      pages = this.#list(call);
      page = await pages.next();
    }
  }

  #hasListed(objects: readonly ListedObject[], isLast: boolean): void {
    if (this.#listedTo === "end") return;
    this.#listedTo = isLast ? "end" : (objects.at(-1)?.key ?? this.#listedTo);
  }

  /** Decides about a listed object. */
  #judge(object: ListedObject, call: AttemptOptions): Verdict {
    const { key } = object;
    if (this.#gone.has(key) || this.#failed.has(key)) return "newer";
    if (this.#uncovered) {
      return directoriesOf(key).some((directory) => this.#uncovered!.has(directory)) ? "delete" : "newer";
    }
    if (!call.requestedAt) return "delete";
    // An earlier attempt has listed everything up to this key.
    const wasListed =
      this.#listedTo === "end" ||
      (this.#listedTo !== undefined && compareCodePoints(key, this.#listedTo) <= 0);
    if (wasListed) return "newer";
    const verdict = judgeByTime(object, call);
    if (verdict === "unclear") this.#failed.add(key);
    return verdict;
  }

  async #deleteObjects(objects: readonly ListedObject[], call: AttemptOptions): Promise<void> {
    this.#pending = objects;
    const keys = objects.map(({ key }) => key);
    const failed = new Set(await deleteObjects(this.#bucket, keys, call.concurrency, call));
    for (const key of keys) {
      if (failed.has(key)) this.#failed.add(key);
      else this.#isGone(key);
    }
    this.#pending = [];
  }

  /** Looks up each object whose deletion was not acknowledged, and retries it only if the object is still the same. */
  async #settlePending(call: AttemptOptions): Promise<void> {
    await mapConcurrent(this.#pending, call.concurrency, async ({ key, etag }) => {
      const head = await headFile(this.#bucket, key, call);
      const isSame = head !== undefined && head.etag === etag;
      const answer = isSame ? await deleteObject(this.#bucket, key, call, etag) : undefined;
      if (head === undefined || answer === "deleted" || answer === "absent") this.#isGone(key);
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
