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
import { checkOptions } from "../support/check-options.js";
import type { RemoteBackendError } from "../support/errors.js";
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

/** What a backend promises beyond the protocol; the conformance suite reads it. */
export interface BackendCapabilities {
  /** `write` refuses to replace a file. */
  readonly createOnly: boolean;
  /** No update is lost when several processes write. */
  readonly atomic: boolean;
  /** Of several deletions of one file exactly one succeeds. */
  readonly atomicDelete: boolean;
  /** `d` and `d/f` can both be files. */
  readonly fileAndDirectory: boolean;
  /** Every file of a listing has its `size`. A `size` is the content's bytes in any case, or left out. */
  readonly exactSizes: boolean;
  /** Text comes back as it was written: line ends, final newline, NUL, byte order mark. */
  readonly exactText: true;
  /** Uploaded bytes come back byte for byte, and are nobody's but the storage's. */
  readonly byteFidelity: true;
  /** Bytes that are no text are known as such whatever their name, and never shown or edited as text. */
  readonly detectsBinary: true;
  /** Bytes are shown by the type that they have, not by their name, and only where a model can be shown them. */
  readonly detectsTypes: true;
  /** Any characters make a name, and stand for themselves in patterns. */
  readonly anyName: true;
  /** `a`, `./a` and `//a` mean `/a`, and an answer names the path as it was asked for. */
  readonly spelling: true;
  /** The error about a missing file names one in its directory whose name looks the same. */
  readonly lookAlikes: true;
  /** Errors say it in deepagents' own sentences. */
  readonly errorWords: true;
  /** Times are ISO 8601 in UTC with milliseconds; `created_at` is kept by an edit, and set anew by a replacement. */
  readonly times: true;
  /** A read tells the lines that it shows, how many there are, and where to go on. */
  readonly positions: true;
  /** `grep` matches its glob as `glob` does. */
  readonly grepGlobs: true;
  /** Globs have classes, braces and extglobs. */
  readonly globSyntax: true;
  /** Listings and matches are in code-point order of their paths. */
  readonly ordered: true;
  /** A `write` of what is already there succeeds and changes nothing. */
  readonly idempotentWrites: true;
  /** A file under `/conversation_history/` is replaced only by content that begins with its own. */
  readonly keepsHistory: true;
  /** Content or a pattern that cannot be taken exactly is refused. */
  readonly strictInput: true;
  /** A path that could be another spelling of a file is refused. */
  readonly strictPaths: true;
  /** Once an operation has failed because the service is away, others fail within a second until it is back. */
  readonly failsFast: true;
}

/** What the semantics of core promise over any store. */
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
  keepsHistory: true,
  strictInput: true,
  strictPaths: true,
  failsFast: true,
} as const;

/** What a backend under one namespace is made of. */
export interface BackendParts extends BackendContext {
  readonly writeMode: WriteMode | ((path: string) => WriteMode);
  readonly mountPath: string;
}

/** Options of `withNamespace`. */
export interface NamespaceOptions {
  /** As `RemoteBackendOptions.mountPath`. Default: that of the outer backend. */
  mountPath?: string | undefined;
}

/**
 * deepagents takes "not found" in an error of `ls` or `delete` for absence, and "not a directory" for a plain file;
 * the failure of a storage must not say either.
 */
const neutral = (error: RemoteBackendError): string =>
  /not found|not a directory/i.test(error.message) ? `The storage failed (${error.code}).` : error.message;

/**
 * The methods of the protocol, under one namespace of a store. Safe to hand to one tenant: it holds no way to
 * another namespace, nor to close what others use.
 */
export class NamespacedBackend implements BackendProtocolV2 {
  readonly #parts: BackendParts;

  /** @internal Made by `RemoteBackend` and `withNamespace`. */
  /** @internal */
  constructor(parts: BackendParts) {
    this.#parts = parts;
  }

  /** Promises of this backend beyond the protocol: at least that, until `initialize()` has tried what the service can. */
  get capabilities(): BackendCapabilities {
    const { atomic, atomicDelete, fileAndDirectory, exactSizes } = this.#parts.store.capabilities;
    const createOnly = this.#parts.writeMode === "create";
    return { createOnly, atomic, atomicDelete, fileAndDirectory, exactSizes, ...ALWAYS };
  }

  /**
   * The same store under a namespace below this one. Client, pool and cache are shared; they live as long as the
   * backend that was constructed.
   * @param options `mountPath`: where a CompositeBackend mounts it.
   * @throws RemoteBackendError `invalid-options` for a namespace or a path that is none.
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
      changes: true,
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
      changes: true,
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
      changes: true,
      run: (op) => deletePath(op, filePath),
      failed: (error) => ({ error: `Error: The deletion failed: ${neutral(error)}` }),
    });
  }

  /** @see BackendProtocolV2.uploadFiles */
  uploadFiles(files: Array<[string, Uint8Array]>): Promise<FileUploadResponse[]> {
    if (!Array.isArray(files)) return Promise.resolve([{ ...notAList(files), message: UPLOAD_SHAPE }]);
    // A file that is not a pair gets an answer, too. Copied before anything is waited for.
    const own = isLent(files) ? (bytes: Uint8Array) => bytes : copyBytes;
    const pairs = listOf(files).map((file): [string, Uint8Array | undefined] =>
      Array.isArray(file) ? [file[0], own(file[1])] : ([] as never),
    );
    const upload = new Upload(pairs);
    return runOperation(this.#parts, {
      operation: "uploadFiles",
      ...batchOf(pairs.map(([path]) => path)),
      parts: countParts(pairs, ([, bytes]) => bytes?.byteLength ?? 0),
      changes: true,
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

/** A path as an error names it; what is no string may not even have a text. */
const named = (path: unknown): string => (typeof path === "string" ? `'${path}'` : "it");

/** A batch, without the holes of a sparse array, which would be holes in the answer. */
const listOf = <T>(value: readonly T[]): readonly T[] => Array.from(value);

const UPLOAD_SHAPE = 'uploadFiles takes an array of pairs [path, Uint8Array], such as [["/a.txt", bytes]].';
const DOWNLOAD_SHAPE = 'downloadFiles takes an array of paths, such as ["/a.txt"].';

/** The answer for a batch that is not an array: an empty list would look like success. */
const notAList = (files: unknown) => ({
  path: typeof files === "string" ? files : "",
  error: "invalid_path" as const,
});

const batchOf = (paths: readonly string[]) => ({
  files: paths.length,
  ...(paths.length === 1 && { path: paths[0] }),
});
