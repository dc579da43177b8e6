import { isUint8Array } from "node:util/types";
import { parsePath } from "../protocol/path.js";
import type { BackendProtocolV2 } from "../protocol/protocol.js";
import { refusePromise } from "../support/caller-functions.js";
import { checkOptions } from "../support/check-options.js";
import { RemoteBackendError } from "../support/errors.js";
import { callable, flag, type OptionRule, text } from "../support/option-rules.js";
import { type Listed, listFiles } from "./list-files.js";
import { type Downloaded, download, upload } from "./transfer.js";

/** What became of one file. */
export interface CopiedFile {
  /** Absolute; of a directory whose files could not be listed, with a final `/`. */
  readonly path: string;
  /** `copied`: the target gave the same bytes back. `same`: it had them already, and was left alone. */
  readonly outcome: "copied" | "same" | "failed";
  /** Why it failed, in a sentence. */
  readonly error?: string;
}

export interface CopyOptions {
  /** What to copy: a file, or everything below a directory. Default `/`. */
  path?: string | undefined;
  /** Replace files of the target that are different. Default `false`: they stay, and are answered as `failed`. */
  overwrite?: boolean | undefined;
  /** Told of each file as soon as it is settled, in order. An error that it throws ends the copy; it must not be async. */
  progress?: ((file: CopiedFile) => void) | undefined;
  /** Ends the copy after the batch that is under way. */
  signal?: AbortSignal | undefined;
}

/** Files that are moved at a time, at most. */
const BATCH_FILES = 100;

/** Bytes that are moved at a time, by the sizes that the source tells; 16 MB. A larger file goes alone. */
const BATCH_BYTES = 16 * 1024 * 1024;

const rules = {
  path: text,
  overwrite: flag,
  progress: callable,
  signal: {
    accepts: "an AbortSignal",
    test: (value) => typeof (value as AbortSignal | null)?.throwIfAborted === "function",
    types: ["object"],
  },
} satisfies Record<keyof CopyOptions, OptionRule>;

/**
 * Copies files from one backend of Deep Agents to another, whichever they are: a namespace to another one, a bucket
 * to a database, deepagents' StoreBackend to either, anything to a backup.
 *
 * Bytes arrive as they are, or the file is answered as failed: what was stored is fetched again and compared. Files
 * that the target has already are passed over, so a copy that broke off is finished by making it again. Memory holds
 * a few copies of one batch (100 files, 16 MB, or one larger file) and the listings of one line of directories.
 * Times are those of the copy; files that only the target has stay. A file that others write at the same time may be
 * copied as it was before, or be replaced.
 *
 * A conversation history (a file under `/conversation_history/`) that the target has with other content is replaced only
 * by one that begins with it, also with `overwrite`; otherwise it stays and is answered as `failed`. Delete it there first.
 *
 * Backends without `downloadFiles` or `uploadFiles` are read by `readRaw` and written by `write`: what that cannot
 * carry or replace fails.
 * @param from Where the files are. Backends of deepagents must be given what they need to work outside of a run, such
 * as `new StoreBackend({ store })`.
 * @param to Where they go, under the same paths; `to.withNamespace([...])` puts them under a namespace.
 * @param options See `CopyOptions`.
 * @returns One answer per file, in code-point order. Failures of files and directories are among them, not thrown.
 * @throws RemoteBackendError `invalid-options`, or `invalid-path` for a `path` that is refused; the reason of `signal`.
 */
export async function copyFiles(
  from: BackendProtocolV2,
  to: BackendProtocolV2,
  options: CopyOptions = {},
): Promise<CopiedFile[]> {
  checkBackend("from", from);
  checkBackend("to", to);
  checkOptions("copyFiles", options, rules);
  const { path = "/", overwrite = false, progress, signal } = options;
  parsePath(path);
  const copied: CopiedFile[] = [];
  signal?.throwIfAborted();
  for await (const batch of batches(listFiles(from, to, path))) {
    signal?.throwIfAborted();
    for (const file of await copyBatch(from, to, batch, overwrite)) {
      copied.push(file);
      if (progress) refusePromise("progress", progress(file));
    }
  }
  return copied;
}

function checkBackend(name: string, backend: Partial<BackendProtocolV2> | null | undefined): void {
  const methods = ["ls", "readRaw", "write"] as const;
  if (methods.every((method) => typeof backend?.[method] === "function")) return;
  throw new RemoteBackendError("invalid-options", `copyFiles: '${name}' must be a backend of Deep Agents.`);
}

async function* batches(files: AsyncIterable<Listed>): AsyncGenerator<Listed[]> {
  let batch: Listed[] = [];
  let bytes = 0;
  for await (const file of files) {
    const size = file.size ?? BATCH_BYTES;
    if (batch.length === BATCH_FILES || (batch.length > 0 && bytes + size > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** Fetches a batch, compares it with what is there, stores what is new, and looks whether it has arrived. */
async function copyBatch(
  from: BackendProtocolV2,
  to: BackendProtocolV2,
  batch: readonly Listed[],
  overwrite: boolean,
): Promise<CopiedFile[]> {
  const settled = new Map<string, CopiedFile>();
  const settle = (path: string, outcome: CopiedFile["outcome"]) => settled.set(path, { path, outcome });
  const fail = (path: string, error: string) => settled.set(path, { path, outcome: "failed", error });
  const open = () => batch.filter(({ path }) => !settled.has(path));
  for (const { path, error } of batch) if (error !== undefined) fail(path, error);

  const bytes = new Map<string, Uint8Array>();
  for (const [path, answer] of await fetchAll(from, open())) {
    if (answer instanceof Error) fail(path, answer.message);
    else if (answer === "absent") fail(path, "The source has it no more.");
    else bytes.set(path, answer);
  }

  const differs = (path: string) => {
    if (!overwrite) fail(path, "The target has another file there; overwrite: true would replace it.");
  };
  const comparable: Listed[] = [];
  for (const file of open()) {
    if (file.there === undefined) continue;
    if (isOtherBySize(to, file, bytes.get(file.path)!)) differs(file.path);
    else comparable.push(file);
  }
  for (const [path, answer] of await fetchAll(to, comparable)) {
    if (isSame(answer, bytes.get(path)!)) settle(path, "same");
    else if (answer instanceof Error && !overwrite)
      fail(path, `The target could not be read: ${answer.message}`);
    else if (answer !== "absent") differs(path);
  }

  const files = open().map(({ path }): [string, Uint8Array] => [path, bytes.get(path)!]);
  const answers = await upload(to, files);
  for (const [i, [path]] of files.entries()) {
    const error = answers[i];
    if (error) fail(path, error.message);
  }

  for (const [path, answer] of await fetchAll(to, open())) {
    if (isSame(answer, bytes.get(path)!)) settle(path, "copied");
    else if (answer instanceof Error)
      fail(path, `It was sent, but the target could not be read: ${answer.message}`);
    else fail(path, "The target does not give back what was sent; or somebody else has changed it.");
  }
  return batch.map(({ path }) => settled.get(path)!);
}

async function fetchAll(
  backend: BackendProtocolV2,
  files: readonly Listed[],
): Promise<(readonly [path: string, answer: Downloaded])[]> {
  const paths = files.map(({ path }) => path);
  const answers = await download(backend, paths);
  return paths.map((path, i) => [path, answers[i]!]);
}

/** Whether the target's file is certainly another one, so that it need not be fetched. */
function isOtherBySize(to: BackendProtocolV2, { there }: Listed, bytes: Uint8Array): boolean {
  const { exactSizes = false } = (to as { capabilities?: { exactSizes?: boolean } }).capabilities ?? {};
  return exactSizes && typeof there === "object" && there.size !== bytes.length;
}

const isSame = (answer: Downloaded, bytes: Uint8Array): boolean =>
  isUint8Array(answer) && Buffer.compare(answer, bytes) === 0;
