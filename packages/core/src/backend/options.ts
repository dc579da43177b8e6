import { isPath } from "../protocol/path.js";
import type { RemoteBackendError } from "../support/errors.js";
import {
  callable,
  either,
  flag,
  integer,
  milliseconds,
  type OptionRule,
  oneOf,
  target,
} from "../support/option-rules.js";
import { type HistoryOptions, historyRule } from "./history/options.js";
import type { Namespace } from "./namespace.js";
import type { OperationTrace } from "./tracing.js";
import { WRITE_MODES, type WriteMode } from "./write-mode.js";

/** Options that every backend accepts. */
export interface RemoteBackendOptions {
  /** Root of all paths; see `Namespace`. Default: the root of the storage. */
  namespace?: Namespace | undefined;
  /**
   * Behavior of `write` for an existing file: `create` refuses and leaves it unchanged, `guarded` replaces it only if the
   * `reader` has seen the version that is stored, `overwrite` replaces it as deepagents >= 1.12 does, a function decides
   * by absolute path. Default `create`. Writing identical content succeeds in every mode. Files under `/large_tool_results/` are always replaced, and files under `/conversation_history/`
   * only by content that begins with theirs, also by `uploadFiles`.
   */
  writeMode?: WriteMode | ((path: string) => WriteMode) | undefined;
  /**
   * Names the reader of each operation, for guarded writes: thread and agent, for example, from LangGraph's
   * `getConfig()`. At most 1,000 characters. If it throws, the operation answers with an error. Default: the backend and
   * its `withNamespace` views are one reader.
   */
  reader?: (() => string) | undefined;
  /**
   * Path at which a CompositeBackend mounts this backend, such as `/large_tool_results/`. It strips the mount from the
   * paths that it forwards, and deepagents' own areas are recognized by their paths. Default `/`.
   */
  mountPath?: string | undefined;
  /**
   * Keeps every version of every file, with its author: see `history`, `restore`, `at` and `rewind`. Default `false`.
   * Turning it off again leaves the history as it is.
   */
  history?: boolean | HistoryOptions | undefined;
  /** Refuses all operations that change files. Default `false`. */
  readOnly?: boolean | undefined;
  /**
   * Largest file that may be stored, in bytes. Default 52,428,800 (50 MB), which keeps any single operation below 1 GB
   * of memory; see docs/memory.md.
   */
  maxFileBytes?: number | undefined;
  /**
   * Time limit of one operation, retries included, in milliseconds. A batch of `uploadFiles` or `downloadFiles` has
   * that time for every 1,000 files, and an upload for every 16 MB. Default 60,000.
   */
  operationTimeoutMs?: number | undefined;
  /**
   * Called when an operation has ended, with its duration, bytes, outcome and error. Default: none. Exceptions are
   * reported as a process warning and have no other effect; a returned promise is not awaited.
   */
  onOperation?: ((operation: OperationTrace) => void) | undefined;
  /**
   * Called with the error of every failed operation, its `cause` included; for example `console.error`. Not called for
   * a missing file, a refused write, or a refused path or pattern. Default: none. Exceptions have no effect on the
   * operation.
   */
  onError?: ((error: RemoteBackendError, operation: OperationTrace) => void) | undefined;
}

/** In bytes: 50 MB. */
export const DEFAULT_MAX_FILE_BYTES = 50 * 1024 * 1024;
/** In milliseconds: a minute. */
export const DEFAULT_OPERATION_TIMEOUT_MS = 60_000;

/** Rule of `mountPath`. */
export const mountPath: OptionRule = {
  accepts: `an absolute path such as "/large_tool_results/"`,
  test: (value) => typeof value === "string" && value.startsWith("/") && isPath(value),
};

/** Rules for `checkOptions`. Adapters add their own. */
export const remoteBackendOptionRules = {
  namespace: target({
    accepts: `an array of strings such as ["acme", "bob"], or a function that returns one`,
    test: (value) => Array.isArray(value) || typeof value === "function",
    types: ["function"],
  }),
  writeMode: either(oneOf(...WRITE_MODES), callable),
  reader: callable,
  mountPath,
  history: historyRule,
  readOnly: flag,
  maxFileBytes: integer(1),
  operationTimeoutMs: milliseconds,
  onOperation: callable,
  onError: callable,
} satisfies Record<keyof RemoteBackendOptions, OptionRule>;

/** Names of these options in other packages. Adapters add their own. */
export const otherRemoteBackendOptionNames: Readonly<Record<string, string>> = {
  mode: "writeMode",
  root: "namespace",
  tenant: "namespace",
  timeout: "operationTimeoutMs",
  timeoutMs: "operationTimeoutMs",
  maxFileSize: "maxFileBytes",
};

/** Picks the common options from those of an adapter, to pass them to `RemoteBackend`. Absent options stay absent. */
export function pickRemoteBackendOptions(options: RemoteBackendOptions): RemoteBackendOptions {
  const given = Object.entries(options).filter(([name]) => Object.hasOwn(remoteBackendOptionRules, name));
  return Object.fromEntries(given);
}
