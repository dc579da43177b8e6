import { isReachable, type ParsedPath, parsePath } from "../../protocol/path.js";
import type { Entry, FileStore, Key, StoredFile } from "../../store/file-store.js";
import { RemoteBackendError } from "../../support/errors.js";
import { Pace } from "../../support/pace.js";
import type { Retries } from "../retry.js";
import type { Reader } from "../seen-versions.js";
import type { OperationCall } from "./operation-call.js";

/** Context of one protocol call. */
export interface OperationContext {
  readonly store: FileStore;
  readonly call: OperationCall;
  readonly retries: Retries;
  /** Versions that the caller has seen; `undefined` if no write is guarded. */
  readonly reader: Reader | undefined;
  readonly limits: { readonly maxFileBytes: number };
  /** Adds to the bytes of content read or written, for the trace. */
  countBytes(content: string | Uint8Array): void;
  /** Reports the failure of a single file, for the trace. If the whole operation fails, it rejects instead. */
  reportFailure(error: RemoteBackendError): void;
}

/** Location of a path in the storage. */
export interface Location extends ParsedPath {
  readonly key: Key;
}

/**
 * Resolves a path of `ls`, `glob` or `grep`; `.` means `/`, like `./`.
 * @throws RemoteBackendError `invalid-path` for a path that is refused or too long.
 */
export const locate = (op: Pick<OperationContext, "store" | "call">, path: unknown): Location =>
  locatePath(op, path === "." ? "/" : path);

function locatePath({ store, call }: Pick<OperationContext, "store" | "call">, path: unknown): Location {
  const { relative, directory } = parsePath(path);
  const key = call.root + relative;
  const bytes = Buffer.byteLength(key);
  if (bytes > store.capabilities.maxKeyBytes) {
    throw new RemoteBackendError(
      "invalid-path",
      `The path is too long: with its namespace it has ${bytes} bytes of UTF-8, and ${store.capabilities.maxKeyBytes} are allowed.`,
    );
  }
  return { key, relative, directory };
}

/**
 * Resolves the path of a file operation or of `delete`. An empty path and `.`, which mean `/` elsewhere, are refused.
 * @throws RemoteBackendError `invalid-path`
 */
export function locateFile(op: Pick<OperationContext, "store" | "call">, path: unknown): Location {
  if (path === "")
    throw new RemoteBackendError("invalid-path", "The path is empty; give one such as '/notes.txt'.");
  return locatePath(op, path);
}

/** Returns the key prefix of all descendants of a directory. */
export const below = (directory: Location): string =>
  directory.relative === "" ? directory.key : `${directory.key}/`;

/** Returns the path of a key below the root of a tenant, as it appears in answers. */
export const pathBelow = (root: Key, key: Key): string => `/${key.slice(root.length)}`;

/** Returns the path of a key, as it appears in answers. */
export const pathOf = ({ call }: OperationContext, key: Key): string => pathBelow(call.root, key);

/**
 * Yields the reachable entries under a prefix, in order. An interrupted listing resumes after its last entry. Paced, so
 * loops over it are paced as well.
 */
export async function* entries(
  { store, call, retries }: OperationContext,
  prefix: string,
  options: { recursive: boolean },
): AsyncGenerator<Entry> {
  const pace = new Pace(call);
  let after: Key | undefined;
  for (let attempt = 0; ; attempt++) {
    try {
      const from = after === undefined ? options : { ...options, after };
      for await (const page of store.list(prefix, call.with(from))) {
        for (const entry of page) {
          after = entry.key;
          attempt = 0;
          if (isReachable(entry.key.slice(call.root.length))) yield entry;
          const turn = pace.step();
          if (turn) await turn;
        }
      }
      return;
    } catch (error) {
      if (!RemoteBackendError.is(error)) throw error;
      await retries.after(error, attempt);
    }
  }
}

/** Result of `fetchFiles`: a file, `undefined` if it is certainly absent, or the reason why it could not be fetched. */
export type Fetched = StoredFile | RemoteBackendError | undefined;

/** Hints for `FileStore.get`. `raw` is omitted for a store without support for it. */
interface Hints {
  readonly current?: ReadonlyMap<Key, string>;
  readonly stale?: boolean;
  readonly raw?: boolean;
}

/** Returns the hints that a store understands. */
export const hintsFor = (store: FileStore, hints: Hints): Hints =>
  hints.raw && !store.capabilities.utf8Text ? { ...hints, raw: false } : hints;

/** Fetches files, retrying transient failures. Remaining errors are final. */
export async function fetchFiles(
  { store, call, retries }: OperationContext,
  keys: readonly Key[],
  hints: Hints = {},
): Promise<ReadonlyMap<Key, Fetched>> {
  const answers = new Map<Key, Fetched>();
  let wanted = keys;
  for (let attempt = 0; wanted.length > 0; attempt++) {
    const batch = wanted;
    const fetched = await retries.run(() => store.get(batch, call.with(hintsFor(store, hints))));
    let failure: RemoteBackendError | undefined;
    wanted = batch.filter((key, i) => {
      const answer = fetched[i];
      answers.set(key, answer);
      if (!RemoteBackendError.is(answer) || !answer.isTransient) return false;
      failure = answer;
      return true;
    });
    if (failure) await retries.after(failure, attempt).catch(() => (wanted = []));
  }
  return answers;
}

/** Fetches one file. */
export function fetchFile(
  { store, call, retries }: OperationContext,
  key: Key,
  hints: Hints = {},
): Promise<StoredFile | undefined> {
  return retries.run(async () => {
    const [file] = await store.get([key], call.with(hintsFor(store, hints)));
    if (RemoteBackendError.is(file)) throw file;
    return file;
  });
}
