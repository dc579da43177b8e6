import { isUint8Array } from "node:util/types";
import { parsePath } from "../protocol/path.js";
import type { BackendProtocolV2 } from "../protocol/protocol.js";
import { refusePromise } from "../support/caller-functions.js";
import { checkOptions } from "../support/check-options.js";
import { RemoteBackendError } from "../support/errors.js";
import { callable, flag, type OptionRule, text } from "../support/option-rules.js";
import { type Listed, listFiles } from "./list-files.js";
import { type Downloaded, download, upload } from "./transfer.js";

/** Result of copying one file. */
export interface CopiedFile {
  /** Absolute path. Ends with `/` for a directory that could not be listed. */
  readonly path: string;
  /** `copied`: the target returned the same bytes. `same`: it already had them, and was left unchanged. */
  readonly outcome: "copied" | "same" | "failed";
  /** Reason of the failure, in a sentence. */
  readonly error?: string;
}

/** Options of `copyFiles`. */
export interface CopyOptions {
  /** File or directory to copy, a directory with all its descendants. Default `/`. */
  path?: string | undefined;
  /** Replaces differing files of the target. Default `false`: they are left unchanged and reported as `failed`. */
  overwrite?: boolean | undefined;
  /**
   * Called with each file as soon as its outcome is known, in order. An exception ends the copy. It must not be async.
   */
  progress?: ((file: CopiedFile) => void) | undefined;
  /** Ends the copy after the current batch. */
  signal?: AbortSignal | undefined;
}

/** Maximum number of files in a batch. */
const BATCH_FILES = 100;

/** Maximum bytes of a batch, by the sizes that the source reports: 16 MB. A larger file is a batch of its own. */
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
 * Copies files between any two backends of Deep Agents: from one namespace to another, from a bucket to a database,
 * from deepagents' StoreBackend to either, or to a backup.
 *
 * Bytes are copied exactly, or the file is reported as failed: each stored file is fetched again and compared. Files
 * that the target already has are skipped, so an interrupted copy is completed by running it again. Memory holds a few
 * copies of one batch (100 files, 16 MB, or one larger file) and the listings of nested directories. The copies
 * get new times. Files that only the target has are kept. A file that is written concurrently may be copied in its
 * earlier state, or be replaced.
 *
 * A conversation history (a file under `/conversation_history/`) that exists in the target with other content is
 * replaced only by one that begins with it, even with `overwrite`; otherwise it is kept and reported as `failed`. To
 * replace it, delete it first.
 *
 * Backends without `downloadFiles` or `uploadFiles` are read by `readRaw` and written by `write`; files that `write`
 * cannot store or replace are reported as failed.
 * @param from Source backend. Backends of deepagents must be constructed for use outside of a run, for example `new
 *   StoreBackend({ store })`.
 * @param to Target backend. Paths stay the same; `to.withNamespace([...])` puts them under a namespace.
 * @param options See `CopyOptions`.
 * @returns One result per file, in code-point order. Failures of files and directories are among them, not thrown.
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

/** Fetches a batch, compares it with the target, stores the differing files, and verifies them. */
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
    else if (answer === "absent") fail(path, "The file no longer exists in the source.");
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
    else
      fail(
        path,
        "The target does not return the content that was sent, or the file was changed concurrently.",
      );
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

/** True if the target's file certainly differs, judging by its size, so that it need not be fetched. */
function isOtherBySize(to: BackendProtocolV2, { there }: Listed, bytes: Uint8Array): boolean {
  const { exactSizes = false } = (to as { capabilities?: { exactSizes?: boolean } }).capabilities ?? {};
  return exactSizes && typeof there === "object" && there.size !== bytes.length;
}

const isSame = (answer: Downloaded, bytes: Uint8Array): boolean =>
  isUint8Array(answer) && Buffer.compare(answer, bytes) === 0;
