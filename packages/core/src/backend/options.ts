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
import type { Namespace } from "./namespace.js";
import type { OperationTrace } from "./tracing.js";
import type { WriteMode } from "./write-mode.js";

/** Options that every backend has. */
export interface RemoteBackendOptions {
  /** The root all paths live under; see `Namespace`. Default: the root of the storage. */
  namespace?: Namespace | undefined;
  /**
   * What `write` does with a file that exists: `create` refuses and leaves it as it is, `overwrite` replaces it as
   * deepagents >= 1.12 does, a function decides by absolute path. Default `create`. A file that already has the same
   * content is a success in every mode. Files under `/large_tool_results/` are always replaced, and files under
   * `/conversation_history/` only by content that begins with theirs, also by `uploadFiles`.
   */
  writeMode?: WriteMode | ((path: string) => WriteMode) | undefined;
  /**
   * Where a CompositeBackend mounts this backend, such as `/large_tool_results/`: it takes the mount off the paths that it
   * passes on, and deepagents' own areas are known by their paths. Default `/`.
   */
  mountPath?: string | undefined;
  /** Refuse everything that changes files. Default `false`. */
  readOnly?: boolean | undefined;
  /** Largest file that may be stored, in bytes. Default 52,428,800 (50 MB), with which any one operation
   * stays below 1 GB of memory; see docs/memory.md. */
  maxFileBytes?: number | undefined;
  /**
   * Longest time one operation may take, retries included, in milliseconds. A batch of `uploadFiles` or `downloadFiles` has
   * that time for every 1,000 files, and an upload for every 16 MB. Default 60,000.
   */
  operationTimeoutMs?: number | undefined;
  /**
   * Called with every operation when it has ended: duration, bytes, outcome, error. Default: none. What it throws is
   * reported by a process warning and breaks nothing; a promise is not waited for.
   */
  onOperation?: ((operation: OperationTrace) => void) | undefined;
  /**
   * Called with the error of every operation that failed, its `cause` included; such as `console.error`. Not called for a
   * missing file, a refused write, a refused path or pattern. Default: none. What it throws breaks nothing.
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

/** Rules for `checkOptions`; adapters add their own. */
export const remoteBackendOptionRules = {
  namespace: target({
    accepts: `an array of strings such as ["acme", "bob"], or a function that returns one`,
    test: (value) => Array.isArray(value) || typeof value === "function",
    types: ["function"],
  }),
  writeMode: either(oneOf("create", "overwrite"), callable),
  mountPath,
  readOnly: flag,
  maxFileBytes: integer(1),
  operationTimeoutMs: milliseconds,
  onOperation: callable,
  onError: callable,
} satisfies Record<keyof RemoteBackendOptions, OptionRule>;

/** Names that these options have elsewhere; adapters add their own. */
export const otherRemoteBackendOptionNames: Readonly<Record<string, string>> = {
  mode: "writeMode",
  root: "namespace",
  tenant: "namespace",
  timeout: "operationTimeoutMs",
  timeoutMs: "operationTimeoutMs",
  maxFileSize: "maxFileBytes",
};

/**
 * Picks the options that every backend has out of those of an adapter, to pass them to `RemoteBackend`. An option that was
 * left out stays left out.
 */
export function pickRemoteBackendOptions(options: RemoteBackendOptions): RemoteBackendOptions {
  const given = Object.entries(options).filter(([name]) => Object.hasOwn(remoteBackendOptionRules, name));
  return Object.fromEntries(given);
}
