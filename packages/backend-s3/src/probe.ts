import { randomUUID } from "node:crypto";
import { type Call, type Key, RemoteBackendError } from "@deepagents-remote/core";
import type { Bucket } from "./bucket.js";
import { encodeObject, nextVersion } from "./object/encode.js";
import { deleteObject } from "./requests/delete.js";
import { firstKey } from "./requests/list.js";
import { type Precondition, type PutSettings, putObject } from "./requests/put.js";

/** What stores differ in. */
export interface Abilities {
  /** Conditions of a PUT are kept: without, concurrent writers lose files. */
  readonly conditions: boolean;
  /** `d` and `d/f` are both shown. */
  readonly fileAndDirectory: boolean;
}

/** An ETag that no object has. */
const WRONG_ETAG = '"00000000000000000000000000000000"';

/**
 * Tries what a store does, with two objects that are deleted afterwards where that is allowed.
 * @throws RemoteBackendError `denied` for credentials that may not write.
 */
export async function probe(
  bucket: Bucket,
  settings: PutSettings,
  call: Pick<Call, "signal">,
): Promise<Abilities> {
  const key = `.deepagents-remote-probe-${randomUUID()}`;
  const below = `${key}/f`;
  const object = await encodeObject(nextVersion({ key, id: "probe", when: "any", to: "probe\n" }, "text"));
  const put = (to: Key, condition: Precondition) => putObject(bucket, to, object, condition, settings, call);
  try {
    await put(key, "any");
    return {
      conditions: await keepsConditions((condition) => put(key, condition)),
      fileAndDirectory: await showsBoth(bucket, key, () => put(below, "any"), call),
    };
  } finally {
    // One after the other: a store that hides one behind the other cannot do both at once. What may not be deleted stays.
    for (const made of [below, key]) await deleteObject(bucket, made, call).catch(() => {});
  }
}

type Put = Awaited<ReturnType<typeof putObject>>;

/** Some stores say yes to every condition, others refuse each. */
async function keepsConditions(put: (condition: Precondition) => Promise<Put>): Promise<boolean> {
  try {
    if ((await put("absent")) !== "refused" || (await put({ etag: WRONG_ETAG })) !== "refused") return false;
    const stored = await put("any");
    return typeof stored === "object" && typeof (await put({ etag: stored.etag })) === "object";
  } catch (error) {
    if (RemoteBackendError.is(error) && error.code === "unfit") return false;
    throw error;
  }
}

async function showsBoth(
  bucket: Bucket,
  key: Key,
  putBelow: () => Promise<Put>,
  call: Pick<Call, "signal">,
): Promise<boolean> {
  try {
    await putBelow();
  } catch (error) {
    if (RemoteBackendError.is(error) && ["unfit", "bad-key"].includes(error.code)) return false;
    throw error;
  }
  return (await firstKey(bucket, `${key}/`, call)) !== undefined;
}
