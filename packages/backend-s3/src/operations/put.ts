import { setTimeout as delay } from "node:timers/promises";
import { RemoteBackendError } from "@deepagents-remote/core";
import {
  type CallOptions,
  type Change,
  type Key,
  LostAnswer,
  type Outcome,
  type StoredFile,
} from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import type { CarriedOver } from "../objects/decode.js";
import { encodeObject, nextVersion } from "../objects/encode.js";
import { type Head, headFile } from "../requests/head.js";
import { type Precondition, type PutSettings, putObject } from "../requests/put.js";
import { PathConflictCheck } from "./path-conflicts.js";

export interface WriteSettings {
  /** The form of text in new files. */
  readonly newText: "json" | "text";
  /** Looks for files in the way of a new one, where that matters. */
  readonly conflictCheck: PathConflictCheck | undefined;
  /** Whether the store keeps the conditions of a PUT. */
  readonly conditions: boolean;
  readonly put: PutSettings;
}

/** What became of a change, with the file where this attempt stored it. */
export type Written = Outcome & { readonly file?: StoredFile };

/**
 * Makes one change: one PUT under a condition, and the look-ups of a store that hides files behind others.
 *
 * An earlier attempt of the change may have been made although its answer was lost. Its id is in the object then, so
 * whatever the store refuses is looked at before it is called a refusal. A replacement looks before: it replaces only
 * what it has seen, and carries on its ids. Else it could be made once more, over something newer.
 */
export async function writeChange(
  bucket: Bucket,
  change: Change,
  settings: WriteSettings,
  call: Pick<CallOptions, "signal" | "deadline">,
): Promise<Written> {
  const looks =
    change.condition === "overwrite" || isMade(change) || isRaw(change.condition) || !settings.conditions;
  for (let round = 1; ; round++) {
    const applied = await tryOnce(bucket, change, settings, looks || round > 1, call);
    if (applied === "hidden-conflict") {
      if (round === HIDDEN_CONFLICT_ROUNDS) throw new RemoteBackendError("invalid-path", HIDDEN_CONFLICT);
    } else if (applied) return applied;
    // Rivals spread out; a request of an operation that has ended fails by itself.
    await delay(Math.random() * Math.min(1_000, 2 ** round), undefined, { signal: call.signal }).catch(
      () => {},
    );
  }
}

/** Whether the file that a change starts from is already the one that it made. */
const isMade = ({ id, condition }: Change): boolean =>
  typeof condition === "object" && condition.writeIds.includes(id);

/**
 * Whether a file is stored as its own bytes. Then its ETag does not tell two versions of equal text apart, as that of an
 * envelope with its times does, and a copy of the file may lack ids of writes.
 */
const isRaw = (condition: Change["condition"]): boolean =>
  typeof condition === "object" && (condition.extra as CarriedOver | undefined)?.format !== "json";

/** Attempts against a directory in which nothing is found: one that is being emptied refuses a file for a moment. */
const HIDDEN_CONFLICT_ROUNDS = 8;
const HIDDEN_CONFLICT =
  "The store cannot hold a file of that name: it has a directory there, or a file above, that it does not list.";

/**
 * @returns `undefined` when others have created, replaced or deleted the file meanwhile, and it does not matter;
 *   `hidden-conflict` when the store calls the file a directory and nothing is found in it.
 */
async function tryOnce(
  bucket: Bucket,
  change: Change,
  settings: WriteSettings,
  looks: boolean,
  call: Pick<CallOptions, "signal" | "deadline">,
): Promise<Written | "hidden-conflict" | undefined> {
  const { key, id, condition } = change;
  const isCreation = typeof condition === "string";
  const [there, other] = await Promise.all([
    looks ? headFile(bucket, key, call) : undefined,
    isCreation ? settings.conflictCheck?.find(key, call) : undefined,
  ]);
  if (there?.writeIds.includes(id)) return { done: true, version: there.etag };
  const refusal = looks ? refusalOf(condition, there) : undefined;
  if (refusal) return refusal;
  if (!there && other !== undefined) return { done: false, why: "conflict", other };

  const precondition = settings.conditions ? preconditionOf(condition, there) : "overwrite";
  const file = nextVersion(change, settings.newText, there);
  const object = await encodeObject(file, call);
  const stored = await putObject(bucket, key, object, precondition, settings.put, call).catch((error) =>
    Promise.reject(withPrecondition(error, precondition)),
  );
  if (stored === "conflict" && isCreation && !there) return findConflict(bucket, key, call);
  if (typeof stored === "string")
    return condition === "overwrite" ? undefined : settle(bucket, change, stored, call);
  if (isCreation) settings.conflictCheck?.created(key);
  return { done: true, version: stored.etag, file: { ...file, version: stored.etag } };
}

/** Looks for the file in the way, past what is known of directories: that was not right. */
async function findConflict(
  bucket: Bucket,
  key: Key,
  call: Pick<CallOptions, "signal">,
): Promise<Outcome | "hidden-conflict"> {
  const other = await new PathConflictCheck(bucket).find(key, call);
  return other === undefined ? "hidden-conflict" : { done: false, why: "conflict", other };
}

/** What is known before anything is sent. */
function refusalOf(condition: Change["condition"], there: Head | undefined): Outcome | undefined {
  if (condition === "create") return there && { done: false, why: "exists" };
  if (condition === "overwrite") return undefined;
  if (!there) return { done: false, why: "missing" };
  return there.etag === condition.version ? undefined : { done: false, why: "changed" };
}

function preconditionOf(condition: Change["condition"], there: Head | undefined): Precondition {
  if (typeof condition === "object") return { etag: condition.version };
  return condition === "overwrite" && there ? { etag: there.etag } : "create";
}

/** Lets the error of a lost answer tell the version that the PUT was to replace. */
function withPrecondition(error: unknown, precondition: Precondition): unknown {
  const isKnown =
    RemoteBackendError.is(error) && error.code === "unknown-outcome" && precondition !== "overwrite";
  if (!isKnown) return error;
  const { message, cause, isTransient } = error;
  const etag = precondition === "create" ? undefined : precondition.etag;
  return new LostAnswer(message, etag, { cause, isTransient });
}

/** The store refused: because of somebody else, or of an attempt of ours. */
async function settle(
  bucket: Bucket,
  { key, id, condition }: Change,
  refused: "refused" | "absent" | "conflict",
  call: Pick<CallOptions, "signal">,
): Promise<Outcome | undefined> {
  const now = refused === "absent" ? undefined : await headFile(bucket, key, call);
  if (now?.writeIds.includes(id)) return { done: true, version: now.etag };
  if (typeof condition === "object") return { done: false, why: now ? "changed" : "missing" };
  return condition === "create" && now ? { done: false, why: "exists" } : undefined;
}
