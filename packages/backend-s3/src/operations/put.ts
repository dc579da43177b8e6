import { setTimeout as delay } from "node:timers/promises";
import { RemoteBackendError } from "@deepagents-remote/core";
import {
  type CallOptions,
  type Change,
  type Key,
  LostAnswer,
  type Origin,
  type Outcome,
  type StoredFile,
} from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import type { CarriedOver } from "../objects/decode.js";
import { encodeObject, nextVersion, type Recorded } from "../objects/encode.js";
import { type Head, headFile } from "../requests/head.js";
import { type Precondition, type PutSettings, putObject } from "../requests/put.js";
import { PathConflictCheck } from "./path-conflicts.js";

export interface WriteSettings {
  /** Format of text in new files. */
  readonly newText: "json" | "text";
  /** Detects files that conflict with a new one; `undefined` if the store allows them. */
  readonly conflictCheck: PathConflictCheck | undefined;
  /** True if the store honors the conditions of a PUT. */
  readonly conditions: boolean;
  readonly put: PutSettings;
  /** Recorded with the version, in a bucket with history. */
  readonly origin?: Origin | undefined;
  /** State in which an overwrite expects the file: a cached copy, or a guess. The store verifies it. */
  readonly expected: StoredFile | "present" | "absent";
}

/** Outcome of a change. */
export type Written = Outcome & {
  /** The file, if this attempt stored it. */
  readonly file?: StoredFile;
  /** True if this attempt stored the file and there was none before. */
  readonly isNew?: boolean;
  /** Version id of the file, if the bucket keeps versions. */
  readonly versionId?: string;
};

/**
 * Makes one change with a conditional PUT, plus lookups on a store that hides files behind others.
 *
 * An earlier attempt may have succeeded although its response was lost. The object then contains the write id of the
 * change, so a refusal by the store is verified before it is reported. An overwrite too replaces only a version that it
 * knows, and keeps that version's write ids: one that is cached, or none if it expects none. Otherwise, or if the store
 * refuses that, it looks up the object first.
 */
export async function writeChange(
  bucket: Bucket,
  change: Change,
  settings: WriteSettings,
  options: Pick<CallOptions, "signal" | "deadline">,
): Promise<Written> {
  const looks = looksFirst(change, settings);
  for (let round = 1; ; round++) {
    const outcome = await tryOnce(bucket, change, settings, looks || round > 1, options);
    if (outcome === "hidden-conflict") {
      if (round === HIDDEN_CONFLICT_ROUNDS) throw new RemoteBackendError("invalid-path", HIDDEN_CONFLICT);
    } else if (outcome) return outcome;
    // Spreads out concurrent writers. If the operation has ended, the next request fails by itself.
    await delay(Math.random() * Math.min(1_000, 2 ** round), undefined, { signal: options.signal }).catch(
      () => {},
    );
  }
}

/** Content of which a refused PUT costs more than a HEAD before it, in bytes or characters. */
const LARGE = 1024 * 1024;

/** True if the object has to be looked up before the first PUT. */
function looksFirst({ id, condition, content }: Change, { conditions, expected }: WriteSettings): boolean {
  const from = condition === "overwrite" ? expected : condition;
  if (!conditions || from === "present") return true;
  // A refusal of a creation by `write` is final; that of an overwrite would be followed by a second PUT.
  if (typeof from === "string") return condition === "overwrite" && content.length > LARGE;
  return from.writeIds.includes(id) || isRaw(from);
}

/**
 * True if a file is stored as plain bytes. Its ETag then does not distinguish versions with equal content, as that of
 * an envelope does thanks to its times, and a copy of the file may lack write ids.
 */
const isRaw = ({ extra }: StoredFile): boolean => (extra as CarriedOver | undefined)?.format !== "json";

/** Version of an object that a change replaces. */
type Replaced = Pick<Head, "etag" | "writeIds" | "headers">;

const replacedOf = ({ version, writeIds, extra }: StoredFile): Replaced => ({
  etag: version,
  writeIds,
  headers: (extra as CarriedOver | undefined)?.headers ?? {},
});

/**
 * Attempts against a directory that appears empty: while a directory is being emptied, the store refuses a file of its
 * name.
 */
const HIDDEN_CONFLICT_ROUNDS = 8;
const HIDDEN_CONFLICT =
  "The store cannot hold a file of that name: it has a directory there, or a file above, that it does not list.";

/**
 * Makes one attempt.
 * @returns `undefined` if the file was changed concurrently and the change can be retried; `hidden-conflict` if the
 *   store reports a directory of that name but lists nothing in it.
 */
async function tryOnce(
  bucket: Bucket,
  change: Change,
  settings: WriteSettings,
  looks: boolean,
  options: Pick<CallOptions, "signal" | "deadline">,
): Promise<Written | "hidden-conflict" | undefined> {
  const { key, id, condition } = change;
  const isCreation = typeof condition === "string";
  const there = looks ? await headFile(bucket, key, options) : expectedVersion(condition, settings.expected);
  if (looks) {
    if (there?.writeIds.includes(id)) return { done: true };
    const refusal = refusalOf(condition, there);
    if (refusal) return refusal;
  }
  if (isCreation && !there) {
    const other = await settings.conflictCheck?.find(key, options);
    if (other !== undefined) return { done: false, why: "conflict", other };
  }

  const precondition = settings.conditions ? preconditionOf(condition, there) : "overwrite";
  const file = nextVersion(change, settings.newText, there);
  const recorded = settings.origin && recordedChange(settings.origin, precondition);
  const object = await encodeObject(file, options, recorded);
  const stored = await putObject(bucket, key, object, precondition, settings.put, options).catch((error) =>
    Promise.reject(withPrecondition(error, precondition)),
  );
  if (stored === "conflict" && isCreation && !there) return findConflict(bucket, key, options);
  if (typeof stored === "string")
    return condition === "overwrite" ? undefined : settle(bucket, change, stored, options);
  if (isCreation) settings.conflictCheck?.created(key);
  const { etag, ...rest } = stored;
  return {
    done: true,
    version: etag,
    file: { ...file, version: etag },
    isNew: precondition === "create",
    ...rest,
  };
}

/** Returns the cached version that an overwrite is to replace without a lookup, if any. */
const expectedVersion = (
  condition: Change["condition"],
  expected: WriteSettings["expected"],
): Replaced | undefined =>
  condition === "overwrite" && typeof expected === "object" ? replacedOf(expected) : undefined;

/** A write under the condition that there is no file creates it. */
const recordedChange = ({ kind, by }: Origin, precondition: Precondition): Recorded => ({
  kind: kind === "write" && precondition === "create" ? "create" : kind,
  by,
});

/** Looks for the conflicting file without the cached directories, which were wrong. */
async function findConflict(
  bucket: Bucket,
  key: Key,
  options: Pick<CallOptions, "signal">,
): Promise<Outcome | "hidden-conflict"> {
  const other = await new PathConflictCheck(bucket).find(key, options);
  return other === undefined ? "hidden-conflict" : { done: false, why: "conflict", other };
}

/** Returns the refusal that the current object implies, if any, before anything is sent. */
function refusalOf(condition: Change["condition"], there: Replaced | undefined): Outcome | undefined {
  if (condition === "create") return there && { done: false, why: "exists" };
  if (condition === "overwrite") return undefined;
  if (!there) return { done: false, why: "missing" };
  return there.etag === condition.version ? undefined : { done: false, why: "changed" };
}

function preconditionOf(condition: Change["condition"], there: Replaced | undefined): Precondition {
  if (typeof condition === "object") return { etag: condition.version };
  return condition === "overwrite" && there ? { etag: there.etag } : "create";
}

/** Adds the version that the PUT was to replace to the error of a lost response. */
function withPrecondition(error: unknown, precondition: Precondition): unknown {
  const isKnown =
    RemoteBackendError.is(error) && error.code === "unknown-outcome" && precondition !== "overwrite";
  if (!isKnown) return error;
  const { message, cause, isTransient } = error;
  const etag = precondition === "create" ? undefined : precondition.etag;
  return new LostAnswer(message, etag, { cause, isTransient });
}

/** Resolves a refusal by the store, which may be due to another writer or to an earlier attempt of this change. */
async function settle(
  bucket: Bucket,
  { key, id, condition }: Change,
  refused: "refused" | "absent" | "conflict",
  options: Pick<CallOptions, "signal">,
): Promise<Outcome | undefined> {
  const now = refused === "absent" ? undefined : await headFile(bucket, key, options);
  if (now?.writeIds.includes(id)) return { done: true };
  if (typeof condition === "object") return { done: false, why: now ? "changed" : "missing" };
  return condition === "create" && now ? { done: false, why: "exists" } : undefined;
}
