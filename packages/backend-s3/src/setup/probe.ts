import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { RemoteBackendError } from "@deepagents-remote/core";
import { type CallOptions, type Key, pauseMs } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { settled } from "../connection/map-concurrent.js";
import { encodeObject, nextVersion } from "../objects/encode.js";
import { deleteObject } from "../requests/delete.js";
import { headFile } from "../requests/head.js";
import { firstKey } from "../requests/list.js";
import { type Precondition, type PutSettings, putObject } from "../requests/put.js";
import { NAMEABLE, probeKey, UNNAMEABLE } from "./probe-key.js";

/** What stores differ in. */
export interface Abilities {
  /** Conditions of a PUT are kept: without, concurrent writers lose files. */
  readonly conditions: boolean;
  /** `d` and `d/f` are both shown. */
  readonly fileAndDirectory: boolean;
}

/** An ETag that no object has. */
const WRONG_ETAG = '"00000000000000000000000000000000"';

/** Keys that two writers create at once: a store that looks first and writes then is caught by one of them. */
const RACES = 3;

/** How often a bad verdict is tried anew, on other keys: others may have deleted the objects of the first one. */
const CONFIRMATIONS = 2;

/** Attempts of a write that the store throttles. Some take one write of a key a second. */
const MAX_THROTTLED = 6;

/**
 * Tries what a store does, with objects that are deleted afterwards where that is allowed.
 * @throws RemoteBackendError `permission-denied` for credentials that may not write.
 */
export async function probe(
  bucket: Bucket,
  settings: PutSettings,
  call: Pick<CallOptions, "signal">,
): Promise<Abilities> {
  for (let confirmed = 0; ; confirmed++) {
    const run = (end: string) => new Probe(bucket, settings, call, end).run();
    const abilities = await run(UNNAMEABLE).catch((error) =>
      isRefusal(error) ? run(NAMEABLE) : Promise.reject(error),
    );
    if (abilities.conditions || confirmed === CONFIRMATIONS) return abilities;
  }
}

/** True for an answer to a PUT without conditions that may be about its key. */
const isRefusal = (error: unknown): boolean =>
  RemoteBackendError.is(error) && ["misconfigured", "invalid-path"].includes(error.code);

type Put = Awaited<ReturnType<typeof putObject>>;

const hasStored = (answer: Put): answer is Exclude<Put, string> => typeof answer === "object";

/** One try, with keys of its own. */
class Probe {
  readonly #bucket: Bucket;
  readonly #settings: PutSettings;
  readonly #call: Pick<CallOptions, "signal">;
  readonly #made: Key[] = [];

  readonly #end: string;

  /** @param end Last character of its keys. */
  constructor(bucket: Bucket, settings: PutSettings, call: Pick<CallOptions, "signal">, end: string) {
    this.#end = end;
    this.#bucket = bucket;
    this.#settings = settings;
    this.#call = call;
  }

  async run(): Promise<Abilities> {
    try {
      const [conditions, fileAndDirectory] = await settled([this.#keepsConditions(), this.#showsBoth()]);
      return { conditions, fileAndDirectory };
    } finally {
      // One after the other: a store that hides one behind the other cannot do both at once. What may not be deleted stays.
      for (const key of this.#made.reverse()) {
        await deleteObject(this.#bucket, key, this.#call).catch(() => {});
      }
    }
  }

  /** Some stores say yes to every condition, others refuse each. Of two concurrent writers one has to win. */
  async #keepsConditions(): Promise<boolean> {
    try {
      const keys = Array.from({ length: RACES }, () => this.#newKey());
      const created = await settled(keys.map((key) => this.#race(key, "create")));
      const [, second] = created;
      if (created.includes(undefined)) return false;
      // Another key for each further write: some stores take one write of a key a second.
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

  /** Lets two write under one condition. Answers with the ETag of the only one that did. */
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
      firstKey(this.#bucket, `${key}/`, this.#call),
      headFile(this.#bucket, key, this.#call),
    ]);
    return shown !== undefined && upper !== undefined;
  }

  #newKey(): Key {
    const key = probeKey(randomUUID(), this.#end);
    this.#made.push(key);
    return key;
  }

  /** Stores another content each time: equal ones have equal ETags. */
  async #put(key: Key, condition: Precondition): Promise<Put> {
    const content = `${randomUUID()}\n`;
    const change = { key, id: "probe", condition: "overwrite", content } as const;
    const object = await encodeObject(nextVersion(change, "text"));
    for (let attempt = 0; ; attempt++) {
      try {
        return await putObject(this.#bucket, key, object, condition, this.#settings, this.#call);
      } catch (error) {
        const isThrottled = RemoteBackendError.is(error) && error.isThrottled;
        if (!isThrottled || attempt === MAX_THROTTLED) throw error;
        await delay(pauseMs(error, attempt), undefined, { signal: this.#call.signal }).catch(() => {});
      }
    }
  }
}
