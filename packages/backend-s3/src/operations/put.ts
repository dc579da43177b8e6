import { setTimeout as delay } from "node:timers/promises";
import { RemoteBackendError } from "@deepagents-remote/core";
import {
  type Call,
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
import { ClashCheck } from "./path-conflicts.js";

export interface ApplySettings {
  /** The form of text in new files. */
  readonly newText: "json" | "text";
  /** Looks for files in the way of a new one, where that matters. */
  readonly clashes: ClashCheck | undefined;
  /** Whether the store keeps the conditions of a PUT. */
  readonly conditions: boolean;
  readonly put: PutSettings;
}

/** What became of a change, with the file where this attempt stored it. */
export type Applied = Outcome & { readonly file?: StoredFile };

/**
 * Makes one change: one PUT under a condition, and the look-ups of a store that hides files behind others.
 *
 * An earlier attempt of the change may have been made although its answer was lost. Its id is in the object then, so
 * whatever the store refuses is looked at before it is called a refusal. A replacement looks before: it replaces only
 * what it has seen, and carries on its ids. Else it could be made once more, over something newer.
 */
export async function applyChange(
  bucket: Bucket,
  change: Change,
  settings: ApplySettings,
  call: Pick<Call, "signal" | "deadline">,
): Promise<Applied> {
  const looks = change.when === "any" || isMade(change) || isRaw(change.when) || !settings.conditions;
  for (let round = 1; ; round++) {
    const applied = await tryOnce(bucket, change, settings, looks || round > 1, call);
    if (applied === "hidden-clash") {
      if (round === HIDDEN_CLASH_ROUNDS) throw new RemoteBackendError("bad-key", HIDDEN_CLASH);
    } else if (applied) return applied;
    // Rivals spread out; a request of an operation that has ended fails by itself.
    await delay(Math.random() * Math.min(1_000, 2 ** round), undefined, { signal: call.signal }).catch(
      () => {},
    );
  }
}

/** Whether the file that a change starts from is already the one that it made. */
const isMade = ({ id, when }: Change): boolean => typeof when === "object" && when.writeIds.includes(id);

/**
 * Whether a file is stored as its own bytes. Then its ETag does not tell two versions of equal text apart, as that of an
 * envelope with its times does, and a copy of the file may lack ids of writes.
 */
const isRaw = (when: Change["when"]): boolean =>
  typeof when === "object" && (when.extra as CarriedOver | undefined)?.format !== "json";

/** Attempts against a directory in which nothing is found: one that is being emptied refuses a file for a moment. */
const HIDDEN_CLASH_ROUNDS = 8;
const HIDDEN_CLASH =
  "The store cannot hold a file of that name: it has a directory there, or a file above, that it does not list.";

/**
 * @returns `undefined` when others have created, replaced or deleted the file meanwhile, and it does not matter;
 *   `hidden-clash` when the store calls the file a directory and nothing is found in it.
 */
async function tryOnce(
  bucket: Bucket,
  change: Change,
  settings: ApplySettings,
  looks: boolean,
  call: Pick<Call, "signal" | "deadline">,
): Promise<Applied | "hidden-clash" | undefined> {
  const { key, id, when } = change;
  const isCreation = typeof when === "string";
  const [there, other] = await Promise.all([
    looks ? headFile(bucket, key, call) : undefined,
    isCreation ? settings.clashes?.find(key, call) : undefined,
  ]);
  if (there?.writeIds.includes(id)) return { done: true, version: there.etag };
  const refusal = looks ? refusalOf(when, there) : undefined;
  if (refusal) return refusal;
  if (!there && other !== undefined) return { done: false, why: "clash", other };

  const condition = settings.conditions ? conditionOf(when, there) : "any";
  const file = nextVersion(change, settings.newText, there);
  const object = await encodeObject(file, call);
  const stored = await putObject(bucket, key, object, condition, settings.put, call).catch((error) =>
    Promise.reject(withCondition(error, condition)),
  );
  if (stored === "clash" && isCreation && !there) return clashOf(bucket, key, call);
  if (typeof stored === "string") return when === "any" ? undefined : settle(bucket, change, stored, call);
  if (isCreation) settings.clashes?.created(key);
  return { done: true, version: stored.etag, file: { ...file, version: stored.etag } };
}

/** Looks for the file in the way, past what is known of directories: that was not right. */
async function clashOf(
  bucket: Bucket,
  key: Key,
  call: Pick<Call, "signal">,
): Promise<Outcome | "hidden-clash"> {
  const other = await new ClashCheck(bucket).find(key, call);
  return other === undefined ? "hidden-clash" : { done: false, why: "clash", other };
}

/** What is known before anything is sent. */
function refusalOf(when: Change["when"], there: Head | undefined): Outcome | undefined {
  if (when === "absent") return there && { done: false, why: "exists" };
  if (when === "any") return undefined;
  if (!there) return { done: false, why: "missing" };
  return there.etag === when.version ? undefined : { done: false, why: "changed" };
}

function conditionOf(when: Change["when"], there: Head | undefined): Precondition {
  if (typeof when === "object") return { etag: when.version };
  return when === "any" && there ? { etag: there.etag } : "absent";
}

/** Lets the error of a lost answer tell the version that the PUT was to replace. */
function withCondition(error: unknown, condition: Precondition): unknown {
  const isKnown = RemoteBackendError.is(error) && error.code === "unknown-outcome" && condition !== "any";
  if (!isKnown) return error;
  const { message, cause, isTransient } = error;
  const etag = condition === "absent" ? undefined : condition.etag;
  return new LostAnswer(message, etag, { cause, isTransient });
}

/** The store refused: because of somebody else, or of an attempt of ours. */
async function settle(
  bucket: Bucket,
  { key, id, when }: Change,
  refused: "refused" | "absent" | "clash",
  call: Pick<Call, "signal">,
): Promise<Outcome | undefined> {
  const now = refused === "absent" ? undefined : await headFile(bucket, key, call);
  if (now?.writeIds.includes(id)) return { done: true, version: now.etag };
  if (typeof when === "object") return { done: false, why: now ? "changed" : "missing" };
  return when === "absent" && now ? { done: false, why: "exists" } : undefined;
}
