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

/** Options of one attempt. */
export type AttemptOptions = Pick<DeleteOptions, "signal" | "scope"> & {
  /** Time of the first request, on an attempt after one whose outcome is unknown. */
  readonly requestedAt?: Moment | undefined;
  /** True if the store shows files below another file only once that file is gone. */
  readonly hides: boolean;
  readonly concurrency: number;
};

/** Attempts to delete a file that others write at the same time. */
const MAX_CONFLICTS = 10;

/** Decision about an object that an attempt finds. `newer`: it stays. `unclear`: it may be newer, so it stays as well. */
type Verdict = "delete" | "newer" | "unclear";

/**
 * One deletion: of a file, of the files below it as a directory, or both. Its attempts share what they have seen, so that a
 * repeated one takes only what the first one found.
 */
export class Deletion {
  readonly key: Key;
  readonly #bucket: Bucket;
  /** The file as it was first seen. */
  #seen: Head | undefined;
  #isFileSettled = false;
  #deleted = 0;
  /** Keys that are gone: one that shows again was created since. */
  readonly #gone = new Set<Key>();
  readonly #failed = new Set<Key>();
  /** Objects whose deletion was sent and has no answer. */
  #pending: readonly ListedObject[] = [];
  /** Last key of the listing that an attempt has seen; everything once it has come to the end. */
  #listedTo: Key | "end" | undefined;
  /** Where a store hides files below another: the files that are gone since the last listing began. */
  #uncovering = new Set<Key>();
  /** Only files below these are looked for, from the second listing on. */
  #uncovered: ReadonlySet<Key> | undefined;

  constructor(bucket: Bucket, key: Key) {
    this.#bucket = bucket;
    this.key = key;
  }

  /**
   * Makes an attempt.
   * @throws RemoteBackendError `unknown-outcome` also if something was deleted before the failure: another attempt
   *   may find nothing any more.
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
      // A first attempt has nothing to confuse the file with.
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
    // An earlier attempt has deleted the file.
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
      // Files that were hidden behind those that are gone show now.
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

  /** Decides about an object of a listing. */
  #judge(object: ListedObject, call: AttemptOptions): Verdict {
    const { key } = object;
    if (this.#gone.has(key) || this.#failed.has(key)) return "newer";
    if (this.#uncovered) {
      return directoriesOf(key).some((directory) => this.#uncovered!.has(directory)) ? "delete" : "newer";
    }
    if (!call.requestedAt) return "delete";
    // An attempt before has seen everything up to there.
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

  /** Looks at each object whose deletion may have been carried out, and repeats it for the same object only. */
  async #settlePending(call: AttemptOptions): Promise<void> {
    await mapConcurrent(this.#pending, call.concurrency, async ({ key, etag }) => {
      const head = await headFile(this.#bucket, key, call);
      const isSame = head !== undefined && head.etag === etag;
      const answer = isSame ? await deleteObject(this.#bucket, key, call, etag) : undefined;
      if (head === undefined || answer === "deleted" || answer === "absent") this.#isGone(key);
      // A chain of one id is that of a new file: an edited or replaced one has several.
      else if (isSame || head.writeIds.length !== 1) this.#failed.add(key);
    });
    this.#pending = [];
  }
}

type Listing = ReturnType<typeof listObjects>;
type Listed = Awaited<ReturnType<Listing["next"]>>;

/** Tells the file that was seen from another one of its name. An edit or a replacement keeps the creating id. */
function judgeFile(now: Head, seen: Head): Verdict {
  const [creating, seenCreating] = [now.writeIds.at(-1), seen.writeIds.at(-1)];
  if (creating !== undefined && seenCreating !== undefined) {
    return creating === seenCreating ? "delete" : "newer";
  }
  const isSame = now.etag === seen.etag && now.modifiedAt?.getTime() === seen.modifiedAt?.getTime();
  return isSame ? "delete" : "unclear";
}

/** Decides about an object of which only the times are known. */
function judgeByTime(
  { modifiedAt }: { modifiedAt: Date | undefined },
  { requestedAt }: AttemptOptions,
): Verdict {
  if (!requestedAt) return "delete";
  return modifiedAt !== undefined && modifiedAt < requestedAt.earliest ? "delete" : "unclear";
}
