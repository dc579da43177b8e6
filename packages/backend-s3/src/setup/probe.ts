import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { RemoteBackendError } from "@deepagents-remote/core";
import { type CallOptions, type Key, pauseMs } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { settled } from "../connection/map-concurrent.js";
import { encodeObject, nextVersion } from "../objects/encode.js";
import { deleteObject, deleteVersion } from "../requests/delete.js";
import { headFile } from "../requests/head.js";
import { firstKey } from "../requests/list.js";
import { type Precondition, type PutSettings, putObject } from "../requests/put.js";
import { NAMEABLE, probeKey, UNNAMEABLE } from "./probe-key.js";

/** Features in which stores differ. */
export interface ProbedCapabilities {
  /** True if the store honors the conditions of a PUT. If not, concurrent writers overwrite each other's files. */
  readonly conditions: boolean;
  /** True if the store lists both `d` and `d/f`. */
  readonly fileAndDirectory: boolean;
}

/** ETag that no object has. */
const WRONG_ETAG = '"00000000000000000000000000000000"';

/**
 * Number of keys that two writers create concurrently: enough to catch a store whose check and write are not atomic.
 */
const RACES = 3;

/**
 * Number of probes that must confirm a negative result, on other keys: the objects of the first may have been deleted
 * concurrently.
 */
const CONFIRMATIONS = 2;

/** Maximum attempts of a throttled write. Some stores accept one write per key and second. */
const MAX_THROTTLED = 6;

/**
 * Probes the store with temporary objects, which are deleted afterwards if the credentials allow it.
 * @throws RemoteBackendError `permission-denied` for credentials that may not write.
 */
export async function probe(
  bucket: Bucket,
  settings: PutSettings,
  options: Pick<CallOptions, "signal">,
): Promise<ProbedCapabilities> {
  for (let confirmed = 0; ; confirmed++) {
    const run = (end: string) => new Probe(bucket, settings, options, end).run();
    const capabilities = await run(UNNAMEABLE).catch((error) =>
      isRefusal(error) ? run(NAMEABLE) : Promise.reject(error),
    );
    if (capabilities.conditions || confirmed === CONFIRMATIONS) return capabilities;
  }
}

/** True if the error of an unconditional PUT may be due to its key. */
const isRefusal = (error: unknown): boolean =>
  RemoteBackendError.is(error) && ["misconfigured", "invalid-path"].includes(error.code);

type Put = Awaited<ReturnType<typeof putObject>>;

const hasStored = (answer: Put): answer is Exclude<Put, string> => typeof answer === "object";

/** One run of the probe, with its own keys. */
class Probe {
  readonly #bucket: Bucket;
  readonly #settings: PutSettings;
  readonly #options: Pick<CallOptions, "signal">;
  readonly #made: Key[] = [];
  /** Versions that a bucket with versioning keeps. */
  readonly #versions = new Map<Key, string[]>();
  readonly #end: string;

  /** @param end Last character of the keys. */
  constructor(bucket: Bucket, settings: PutSettings, options: Pick<CallOptions, "signal">, end: string) {
    this.#end = end;
    this.#bucket = bucket;
    this.#settings = settings;
    this.#options = options;
  }

  async run(): Promise<ProbedCapabilities> {
    try {
      const [conditions, fileAndDirectory] = await settled([this.#keepsConditions(), this.#showsBoth()]);
      return { conditions, fileAndDirectory };
    } finally {
      // Sequentially, because a store that hides one object behind another cannot delete both at once. Objects that the
      // credentials may not delete are left.
      for (const key of this.#made.reverse()) await this.#delete(key).catch(() => {});
    }
  }

  /** Deletes an object, with its versions if the credentials allow it. */
  async #delete(key: Key): Promise<void> {
    const versions = this.#versions.get(key) ?? [];
    try {
      for (const versionId of versions.reverse()) {
        await deleteVersion(this.#bucket, { key, versionId }, this.#options);
      }
      if (versions.length > 0) return;
    } catch {
      // Without s3:DeleteObjectVersion the versions stay, behind a delete marker.
    }
    await deleteObject(this.#bucket, key, this.#options);
  }

  /**
   * True if the store honors conditions. Some stores accept every condition, others refuse all. Exactly one of two
   * concurrent writers has to win.
   */
  async #keepsConditions(): Promise<boolean> {
    try {
      const keys = Array.from({ length: RACES }, () => this.#newKey());
      const created = await settled(keys.map((key) => this.#race(key, "create")));
      const [, second] = created;
      if (created.includes(undefined)) return false;
      // Each write uses another key: some stores accept one write per key and second.
      const [wrong, swapped, again] = await settled([
        this.#put(keys[0]!, { etag: WRONG_ETAG }),
        this.#race(keys[1]!, { etag: second! }),
        this.#put(keys[2]!, "create"),
      ]);
      return !hasStored(wrong) && swapped !== undefined && !hasStored(again);
    } catch (error) {
      if (RemoteBackendError.is(error) && error.code === "misconfigured") return false;
      throw error;
    }
  }

  /** Sends two concurrent PUTs under the same condition. Returns the ETag if exactly one of them succeeded. */
  async #race(key: Key, condition: Precondition): Promise<string | undefined> {
    const answers = await settled([this.#put(key, condition), this.#put(key, condition)]);
    const stored = answers.filter(hasStored);
    return stored.length === 1 ? stored[0]!.etag : undefined;
  }

  async #showsBoth(): Promise<boolean> {
    const key = this.#newKey();
    const below = `${key}/f`;
    await this.#put(key, "overwrite");
    this.#made.push(below);
    try {
      if (!hasStored(await this.#put(below, "overwrite"))) return false;
    } catch (error) {
      if (isRefusal(error)) return false;
      throw error;
    }
    const [shown, upper] = await Promise.all([
      firstKey(this.#bucket, `${key}/`, this.#options),
      headFile(this.#bucket, key, this.#options),
    ]);
    return shown !== undefined && upper !== undefined;
  }

  #newKey(): Key {
    const key = probeKey(randomUUID(), this.#end);
    this.#made.push(key);
    return key;
  }

  /** Stores unique content, because equal content has equal ETags. */
  async #put(key: Key, condition: Precondition): Promise<Put> {
    const content = `${randomUUID()}\n`;
    const change = { key, id: "probe", condition: "overwrite", content } as const;
    const object = await encodeObject(nextVersion(change, "text"));
    for (let attempt = 0; ; attempt++) {
      try {
        const stored = await putObject(this.#bucket, key, object, condition, this.#settings, this.#options);
        if (hasStored(stored) && stored.versionId !== undefined) {
          this.#versions.set(key, [...(this.#versions.get(key) ?? []), stored.versionId]);
        }
        return stored;
      } catch (error) {
        const isThrottled = RemoteBackendError.is(error) && error.isThrottled;
        if (!isThrottled || attempt === MAX_THROTTLED) throw error;
        await delay(pauseMs(error, attempt), undefined, { signal: this.#options.signal }).catch(() => {});
      }
    }
  }
}
