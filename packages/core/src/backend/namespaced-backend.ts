import { copyBytes } from "../content/content.js";
import { isLent } from "../content/lent-bytes.js";
import type {
  BackendProtocolV2,
  DeleteResult,
  EditResult,
  FileDownloadResponse,
  FileUploadResponse,
  GlobResult,
  GrepResult,
  LsResult,
  ReadRawResult,
  ReadResult,
  WriteResult,
} from "../protocol/protocol.js";
import type { PointInTime } from "../store/file-history.js";
import { checkOptions } from "../support/check-options.js";
import type { RemoteBackendError } from "../support/errors.js";
import { pointInTime } from "./history/arguments.js";
import { HistoryBackend } from "./history/history-backend.js";
import { storeAt } from "./history/store-at.js";
import { type Namespace, resolveNamespace } from "./namespace.js";
import { countParts } from "./operations/batch.js";
import { deletePath } from "./operations/delete.js";
import { edit } from "./operations/edit.js";
import { glob } from "./operations/glob.js";
import { grep } from "./operations/grep.js";
import { ls } from "./operations/ls.js";
import { read, readRaw } from "./operations/read.js";
import { type BackendContext, runOperation } from "./operations/runner.js";
import { downloadFiles, failureOf, Upload, uploadFiles } from "./operations/transfer.js";
import { write } from "./operations/write.js";
import { mountPath } from "./options.js";
import { uploadPolicy, type WriteMode, writePolicy } from "./write-mode.js";

/** Promises of a backend beyond the protocol. The conformance suite reads them. */
export interface BackendCapabilities {
  /** `write` refuses to replace a file. */
  readonly createOnly: boolean;
  /** `write` replaces a file only if its reader has seen the version that is stored. */
  readonly guarded: boolean;
  /** No update is lost when several processes write concurrently. */
  readonly atomic: boolean;
  /** Exactly one of several concurrent deletions of a file succeeds. */
  readonly atomicDelete: boolean;
  /** `d` and `d/f` can both be files. */
  readonly fileAndDirectory: boolean;
  /**
   * Every file of a listing has its `size`. A `size` is always the content's size in bytes; if unknown, it is omitted.
   */
  readonly exactSizes: boolean;
  /** Text is returned as it was written: line endings, final newline, NUL and byte order mark included. */
  readonly exactText: true;
  /** Uploaded bytes are returned byte for byte, and are not shared with the caller's buffer. */
  readonly byteFidelity: true;
  /** Binary content is recognized whatever its name, and never shown or edited as text. */
  readonly detectsBinary: true;
  /** Binary content is shown by its detected type, not by its name, and only if a model can display it. */
  readonly detectsTypes: true;
  /** Names may contain any characters, which stand for themselves in patterns. */
  readonly anyName: true;
  /** `a`, `./a` and `//a` mean `/a`, and an answer names the path as it was requested. */
  readonly spelling: true;
  /** The error for a missing file names a file of the same directory whose name looks the same. */
  readonly lookAlikes: true;
  /** Errors use the exact sentences of deepagents. */
  readonly errorWords: true;
  /** Times are ISO 8601 in UTC with milliseconds; an edit keeps `created_at`, and a replacement resets it. */
  readonly times: true;
  /** A read reports the lines that it shows, the total number of lines, and the offset to continue from. */
  readonly positions: true;
  /** `grep` matches its glob in the same way as `glob`. */
  readonly grepGlobs: true;
  /** Globs support classes, braces and extglobs. */
  readonly globSyntax: true;
  /** Listings and matches are in code-point order of their paths. */
  readonly ordered: true;
  /** A `write` of identical content succeeds and changes nothing. */
  readonly idempotentWrites: true;
  /** A file under `/conversation_history/` is replaced only by content that begins with the existing content. */
  readonly keepsConversationHistory: true;
  /** Content or a pattern that cannot be handled exactly is refused. */
  readonly strictInput: true;
  /** A path that could be an alternative spelling of another path is refused. */
  readonly strictPaths: true;
  /** After an operation has failed because of an outage, others fail within a second until the service is back. */
  readonly failsFast: true;
  /** Every version of every file is kept: see `HistoryOptions`. */
  readonly history: boolean;
}

/** Promises that core keeps over any store. */
const ALWAYS = {
  exactText: true,
  byteFidelity: true,
  detectsBinary: true,
  detectsTypes: true,
  anyName: true,
  spelling: true,
  lookAlikes: true,
  errorWords: true,
  times: true,
  positions: true,
  grepGlobs: true,
  globSyntax: true,
  ordered: true,
  idempotentWrites: true,
  keepsConversationHistory: true,
  strictInput: true,
  strictPaths: true,
  failsFast: true,
} as const;

/** Parts that a backend under one namespace is made of. */
export interface BackendParts extends BackendContext {
  readonly writeMode: WriteMode | ((path: string) => WriteMode);
  readonly mountPath: string;
}

/** Options of `withNamespace`. */
export interface NamespaceOptions {
  /** See `RemoteBackendOptions.mountPath`. Default: that of the outer backend. */
  mountPath?: string | undefined;
}

/**
 * Rewords an error for `ls` and `delete`: deepagents takes "not found" for absence and "not a directory" for a plain
 * file, so a storage failure must contain neither.
 */
const neutral = (error: RemoteBackendError): string =>
  /not found|not a directory/i.test(error.message) ? `The storage failed (${error.code}).` : error.message;

/**
 * Implements the protocol under one namespace of a store. Safe to hand to one tenant: it gives no access to other
 * namespaces and cannot close shared resources.
 */
export class NamespacedBackend extends HistoryBackend implements BackendProtocolV2 {
  readonly #parts: BackendParts;

  /** @internal Created by `RemoteBackend` and `withNamespace`. */
  constructor(parts: BackendParts) {
    super(parts);
    this.#parts = parts;
  }

  /** Promises of this backend beyond the protocol. A lower bound until `initialize()` has probed the service. */
  get capabilities(): BackendCapabilities {
    const { atomic, atomicDelete, fileAndDirectory, exactSizes } = this.#parts.store.capabilities;
    const history = this.#parts.store.history !== undefined;
    const { writeMode } = this.#parts;
    const [createOnly, guarded] = [writeMode === "create", writeMode === "guarded"];
    return { createOnly, guarded, atomic, atomicDelete, fileAndDirectory, exactSizes, history, ...ALWAYS };
  }

  /**
   * Returns a backend on the same store under a nested namespace. Client, pool and cache are shared; they live as long
   * as the backend that was constructed.
   * @param options `mountPath`: where a CompositeBackend mounts it.
   * @throws RemoteBackendError `invalid-options` for an invalid namespace or mount path.
   */
  withNamespace(namespace: Namespace, options: NamespaceOptions = {}): NamespacedBackend {
    checkOptions("withNamespace", options, { mountPath });
    const outer = this.#parts.root;
    const inner = resolveNamespace(namespace);
    return new NamespacedBackend({
      ...this.#parts,
      ...(options.mountPath !== undefined && { mountPath: options.mountPath }),
      root: () => outer() + inner(),
    });
  }

  /**
   * Returns a read-only backend of the files as they were at a point in time, for `createDeepAgent`, for `copyFiles` (a
   * consistent backup) or for a CompositeBackend. It lives as long as this one. An unknown point is reported by its
   * operations.
   * @param point A time, a version (directly after it was made), or a checkpoint of a thread (directly before the first
   *   change at it or at a later one).
   * @throws RemoteBackendError `invalid-options` for anything else.
   */
  at(point: PointInTime): NamespacedBackend {
    const store = storeAt(this.#parts.store, pointInTime(point));
    // Reading the past is not reading the file that a guarded write replaces.
    return new NamespacedBackend({ ...this.#parts, store, readOnly: true, reader: undefined });
  }

  /** @see BackendProtocolV2.ls */
  ls(path: string): Promise<LsResult> {
    return runOperation(this.#parts, {
      operation: "ls",
      path,
      run: (op) => ls(op, path),
      failed: (error) => ({ error: neutral(error) }),
    });
  }

  /** @see BackendProtocolV2.read */
  read(filePath: string, offset = 0, limit = 500): Promise<ReadResult> {
    return runOperation(this.#parts, {
      operation: "read",
      path: filePath,
      run: (op) => read(op, filePath, offset, limit),
      failed: (error) => ({ error: `Cannot read ${named(filePath)}: ${error.message}` }),
    });
  }

  /** @see BackendProtocolV2.readRaw */
  readRaw(filePath: string): Promise<ReadRawResult> {
    return runOperation(this.#parts, {
      operation: "readRaw",
      path: filePath,
      run: (op) => readRaw(op, filePath),
      failed: (error) => ({ error: `Cannot read ${named(filePath)}: ${error.message}` }),
    });
  }

  /** @see BackendProtocolV2.write */
  write(filePath: string, content: string): Promise<WriteResult> {
    return runOperation(this.#parts, {
      operation: "write",
      path: filePath,
      changes: "write",
      run: (op) =>
        write(op, filePath, content, (relative) =>
          writePolicy(this.#parts.writeMode, relative, this.#parts.mountPath),
        ),
      failed: (error) => ({ error: `Error: Cannot write ${named(filePath)}: ${error.message}` }),
    });
  }

  /** @see BackendProtocolV2.edit */
  edit(filePath: string, oldString: string, newString: string, replaceAll = false): Promise<EditResult> {
    return runOperation(this.#parts, {
      operation: "edit",
      path: filePath,
      changes: "edit",
      run: (op) => edit(op, filePath, oldString, newString, replaceAll),
      failed: (error) => ({ error: `Error: Cannot edit ${named(filePath)}: ${error.message}` }),
    });
  }

  /** @see BackendProtocolV2.grep */
  grep(
    pattern: string,
    path: string | null = null,
    glob: string | null = null,
    maxCount: number | null = null,
  ): Promise<GrepResult> {
    return runOperation(this.#parts, {
      operation: "grep",
      path: path ?? "/",
      run: (op) => grep(op, pattern, path, glob, maxCount),
      failed: (error) => ({ error: `Error: The search failed: ${error.message}` }),
    });
  }

  /** @see BackendProtocolV2.glob */
  glob(pattern: string, path: string | null = null): Promise<GlobResult> {
    return runOperation(this.#parts, {
      operation: "glob",
      path: path ?? "/",
      run: (op) => glob(op, pattern, path ?? "/"),
      failed: (error) => ({ error: error.message }),
    });
  }

  /** @see BackendProtocolV2.delete */
  delete(filePath: string): Promise<DeleteResult> {
    return runOperation(this.#parts, {
      operation: "delete",
      path: filePath,
      changes: "delete",
      run: (op) => deletePath(op, filePath),
      failed: (error) => ({ error: `Error: The deletion failed: ${neutral(error)}` }),
    });
  }

  /** @see BackendProtocolV2.uploadFiles */
  uploadFiles(files: Array<[string, Uint8Array]>): Promise<FileUploadResponse[]> {
    if (!Array.isArray(files)) return Promise.resolve([{ ...notAList(files), message: UPLOAD_SHAPE }]);
    // Malformed entries get an answer, too. Bytes are copied before the first `await`.
    const own = isLent(files) ? (bytes: Uint8Array) => bytes : copyBytes;
    const pairs = listOf(files).map((file): [string, Uint8Array | undefined] =>
      Array.isArray(file) ? [file[0], own(file[1])] : ([] as never),
    );
    const upload = new Upload(pairs);
    return runOperation(this.#parts, {
      operation: "uploadFiles",
      ...batchOf(pairs.map(([path]) => path)),
      parts: countParts(pairs, ([, bytes]) => bytes?.byteLength ?? 0),
      changes: "upload",
      run: (op) => uploadFiles(op, upload, (relative) => uploadPolicy(relative, this.#parts.mountPath)),
      failed: (error) => upload.answers(error),
    });
  }

  /** @see BackendProtocolV2.downloadFiles */
  downloadFiles(files: string[]): Promise<FileDownloadResponse[]> {
    if (!Array.isArray(files)) {
      return Promise.resolve([{ ...notAList(files), content: null, message: DOWNLOAD_SHAPE }]);
    }
    const paths = listOf(files);
    return runOperation(this.#parts, {
      operation: "downloadFiles",
      ...batchOf(paths),
      parts: countParts(paths, () => 0),
      run: (op) => downloadFiles(op, paths),
      failed: (error) => paths.map((path) => ({ path, content: null, ...failureOf(error) })),
    });
  }
}

/** Formats a path for an error message. A value that is not a string may not even be printable. */
const named = (path: unknown): string => (typeof path === "string" ? `'${path}'` : "it");

/** Copies a batch, filling the holes of a sparse array, which would leave holes in the answer. */
const listOf = <T>(value: readonly T[]): readonly T[] => Array.from(value);

const UPLOAD_SHAPE = 'uploadFiles takes an array of pairs [path, Uint8Array], such as [["/a.txt", bytes]].';
const DOWNLOAD_SHAPE = 'downloadFiles takes an array of paths, such as ["/a.txt"].';

/** Returns the answer for a batch that is not an array: an empty list would look like success. */
const notAList = (files: unknown) => ({
  path: typeof files === "string" ? files : "",
  error: "invalid_path" as const,
});

const batchOf = (paths: readonly string[]) => ({
  files: paths.length,
  ...(paths.length === 1 && { path: paths[0] }),
});
