import type { Erasure, VersionEntry, VersionId } from "../../store/file-history.js";
import type { DeleteOutcome, Entry, Key, Outcome, StoredFile } from "../../store/file-store.js";
import type { HealthReport } from "../../store/health-report.js";
import type { Author, ChangeKind } from "../../store/origin.js";
import { RemoteBackendError } from "../../support/errors.js";
import { compareCodePoints } from "../../text/order.js";
import { check, equal, isBytes, show } from "../assert.js";

const isTime = (value: unknown): boolean => value instanceof Date && !Number.isNaN(value.getTime());

/** Fails unless an answer of `get` is a file of this key, its absence, or an error. */
export function checkFile(key: Key, answer: StoredFile | RemoteBackendError | undefined): void {
  if (answer === undefined || RemoteBackendError.is(answer)) return;
  const what = `get of ${show(key)}`;
  const { content } = answer;
  check(answer.key === key, what, "a file of this key", answer);
  check(typeof answer.version === "string" && answer.version !== "", what, "a version", answer);
  const isContent = typeof content === "string" ? content.isWellFormed() : isBytes(content);
  check(isContent, what, "well-formed text, or bytes", content);
  check(isTime(answer.createdAt) && isTime(answer.modifiedAt), what, "both times", answer);
  const areIds = Array.isArray(answer.writeIds) && answer.writeIds.every((id) => typeof id === "string");
  check(areIds, what, "an array of write ids", answer);
}

const REFUSALS: readonly unknown[] = ["exists", "changed", "missing", "conflict"];

/** Fails unless this is an answer of `put`. */
export function checkOutcome(answer: Outcome | RemoteBackendError): void {
  if (RemoteBackendError.is(answer)) return;
  const { done, version, why, other } = { ...answer } as Record<string, unknown>;
  const isOutcome = done
    ? done === true && ["string", "undefined"].includes(typeof version)
    : done === false && REFUSALS.includes(why) && (typeof other === "string") === (why === "conflict");
  check(isOutcome, "put", "an outcome for each change", answer);
}

/** Fails unless this is an answer of `delete`. */
export function checkDeletion(answer: DeleteOutcome): void {
  check(Number.isInteger(answer.deleted) && answer.deleted >= 0, "delete", "a count", answer);
  check(Array.isArray(answer.failed), "delete", "a list of keys that could not be deleted", answer);
}

/** Fails unless the findings can be serialized as they are. */
export function checkReport({ details, warnings }: HealthReport): void {
  equal("details of check, as JSON", JSON.parse(JSON.stringify(details)), details);
  for (const warning of warnings) {
    check(/^[a-z]+(-[a-z]+)*$/.test(warning.code), "check", "a stable code in kebab-case", warning);
    check(/^[A-Z].*\.$/s.test(warning.message), "check", "a warning that is a sentence", warning);
  }
}

/** Yields a listing, and fails if it is out of order, contains other prefixes, or is not rolled up. */
export async function* checkEntries(
  pages: AsyncIterable<readonly Entry[]>,
  prefix: string,
  { recursive, after = "" }: { readonly recursive: boolean; readonly after?: Key },
): AsyncGenerator<readonly Entry[]> {
  let last = after;
  for await (const page of pages) {
    for (const entry of page) {
      checkEntry(entry, prefix, recursive);
      const expected = last === "" ? "a key" : `a key behind ${show(last)}, in code-point order`;
      check(compareCodePoints(entry.key, last) > 0, "list", expected, entry.key);
      last = entry.key;
    }
    yield page;
  }
}

function checkEntry(entry: Entry, prefix: string, recursive: boolean): void {
  const { key, directory, version, size, modifiedAt } = entry;
  check(key.startsWith(prefix), "list", `keys that start with ${show(prefix)}`, entry);
  const slash = recursive ? -1 : key.indexOf("/", prefix.length);
  check((slash !== -1) === (directory === true), "list", "`directory: true` for directories alone", entry);
  check(slash === -1 || slash === key.length - 1, "list", "what is below a directory rolled up", entry);
  check(version === undefined || typeof version === "string", "list", "a version, if any", entry);
  const isSize = size === undefined || (Number.isInteger(size) && size >= 0);
  check(isSize, "list", "a size in whole bytes, if any", entry);
  check(modifiedAt === undefined || isTime(modifiedAt), "list", "a time, if any", entry);
}

const KINDS: readonly ChangeKind[] = ["create", "write", "edit", "upload", "delete", "restore"];

const isAuthor = (by: Author): boolean =>
  Object.values(by).length > 0 && Object.values(by).every((part) => typeof part === "string");

/** Fails unless this is an entry of a history. */
function checkVersionEntry(what: string, entry: VersionEntry): void {
  const { id, kind, at, size, by, current } = entry;
  check(typeof id === "string" && /^\S+$/.test(id), what, "an id without spaces", entry);
  check(KINDS.includes(kind), what, `one of ${KINDS.join(", ")}`, entry);
  check(isTime(at), what, "a time", entry);
  check(by === undefined || isAuthor(by), what, "an author, if any, with texts", entry);
  const isSize = size === undefined || (Number.isInteger(size) && size >= 0);
  check(isSize && !(size !== undefined && kind === "delete"), what, "a size of a version, if any", entry);
  const isVersion = current === undefined || (typeof current === "string" && kind !== "delete");
  check(isVersion, what, "the stored file's version, if any", entry);
}

/** Fails unless each entry is one of its own, and there are no more than asked for. */
function checkVersionEntries(what: string, entries: readonly VersionEntry[], limit: number): void {
  for (const entry of entries) checkVersionEntry(what, entry);
  check(entries.length <= limit, what, `up to ${limit} entries`, entries.length);
  check(new Set(entries.map(({ id }) => id)).size === entries.length, what, "each id once", entries);
}

/** Fails unless these are versions of one file, newest first, of which only the newest may be the current one. */
export function checkVersions(
  key: Key,
  entries: readonly VersionEntry[],
  { limit, before }: { readonly limit: number; readonly before?: VersionId | undefined },
): void {
  const what = `versions of ${show(key)}`;
  checkVersionEntries(what, entries, limit);
  entries.forEach((entry, i) => {
    check(entry.key === key, what, "entries of this key", entry);
    const isOlder = i > 0 || before !== undefined;
    check(!isOlder || entry.current === undefined, what, "only the newest entry to be current", entries);
    check(i === 0 || entry.at <= entries[i - 1]!.at, what, "times that never decrease", entries);
  });
}

/** Fails unless these are changes under a prefix. */
export function checkChanges(
  prefix: string,
  entries: readonly VersionEntry[],
  { limit, thread }: { readonly limit: number; readonly thread?: string | undefined },
): void {
  checkVersionEntries("changes", entries, limit);
  for (const entry of entries) {
    check(entry.key.startsWith(prefix), "changes", `keys that start with ${show(prefix)}`, entry);
    check(thread === undefined || entry.by?.thread === thread, "changes", `thread ${thread} alone`, entry);
  }
}

/** Yields pages of keys, and fails unless they have this prefix and are in order. */
export async function* checkKeys(
  pages: AsyncIterable<readonly Key[]>,
  prefix: string,
): AsyncGenerator<readonly Key[]> {
  let last = "";
  for await (const page of pages) {
    for (const key of page) {
      check(key.startsWith(prefix), "changedSince", `keys that start with ${show(prefix)}`, key);
      check(
        last === "" || compareCodePoints(key, last) > 0,
        "changedSince",
        `a key behind ${show(last)}`,
        key,
      );
      last = key;
    }
    yield page;
  }
}

/** Fails unless this is an answer of `erase`. */
export function checkErasure(answer: Erasure): void {
  const { files, versions } = answer;
  const isCount = [files, versions].every((count) => Number.isInteger(count) && count >= 0);
  check(isCount && versions >= files, "erase", "counts, with a version at least for each file", answer);
}
