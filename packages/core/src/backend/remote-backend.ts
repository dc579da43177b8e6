import type { FileStore } from "../store/file-store.js";
import type { Health } from "../store/health-report.js";
import { checkOptions } from "../support/check-options.js";
import { checkHealth } from "./check-health.js";
import { resolveAuthor } from "./history/author.js";
import { Lifecycle } from "./lifecycle.js";
import { resolveNamespace } from "./namespace.js";
import { NamespacedBackend } from "./namespaced-backend.js";
import {
  DEFAULT_MAX_FILE_BYTES,
  DEFAULT_OPERATION_TIMEOUT_MS,
  otherRemoteBackendOptionNames,
  type RemoteBackendOptions,
  remoteBackendOptionRules,
} from "./options.js";
import { resolveReader } from "./seen-versions.js";

/**
 * The protocol of Deep Agents over any `FileStore`.
 *
 * No method of the protocol rejects: failures are values, in the shape that each method defines. The constructor opens
 * no connection; `initialize()` or the first operation does.
 */
export class RemoteBackend extends NamespacedBackend {
  readonly #store: FileStore;
  readonly #lifecycle: Lifecycle;
  readonly #timeoutMs: number;

  /**
   * @param store Storage of the files. It is closed with the backend.
   * @param options See `RemoteBackendOptions`.
   * @throws RemoteBackendError `invalid-options`, naming the option and the accepted values.
   */
  constructor(store: FileStore, options: RemoteBackendOptions = {}) {
    checkOptions(new.target.name, options, remoteBackendOptionRules, otherRemoteBackendOptionNames);
    const timeoutMs = options.operationTimeoutMs ?? DEFAULT_OPERATION_TIMEOUT_MS;
    const lifecycle = new Lifecycle(store, timeoutMs);
    super({
      name: new.target.name,
      store,
      lifecycle,
      root: resolveNamespace(options.namespace),
      author: resolveAuthor(options.history),
      readOnly: options.readOnly ?? false,
      maxFileBytes: options.maxFileBytes ?? DEFAULT_MAX_FILE_BYTES,
      timeoutMs,
      writeMode: options.writeMode ?? "create",
      reader: resolveReader(options),
      mountPath: options.mountPath ?? "/",
      observers: { onOperation: options.onOperation, onError: options.onError },
    });
    this.#store = store;
    this.#lifecycle = lifecycle;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Prepares the storage, waiting up to 10 seconds for a service that is unavailable or starting. Optional: the first
   * operation does it. Call it again after a table or bucket was dropped.
   * @throws RemoteBackendError that explains the problem with the service or its schema, or `closed`.
   */
  async initialize(): Promise<void> {
    await this.#lifecycle.initialize();
  }

  /**
   * Answers a health probe: whether files can be read now, and warnings for operators. Creates and changes nothing,
   * needs no `initialize()`, and never rejects.
   * @returns Within `operationTimeoutMs`, and within 5 seconds at most.
   */
  check(): Promise<Health> {
    return checkHealth(this.#store, this.#lifecycle, this.#timeoutMs);
  }

  /**
   * Waits for running operations, then releases the connections that the backend opened. Later operations answer with
   * an error. Idempotent.
   */
  close(): Promise<void> {
    return this.#lifecycle.close();
  }

  /** Same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
