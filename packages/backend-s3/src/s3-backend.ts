import { type Health, RemoteBackend } from "@deepagents-remote/core";
import { pickRemoteBackendOptions } from "@deepagents-remote/core/adapter";
import { backendRules, checkS3Options, type S3BackendOptions } from "./options.js";
import { S3FileStore } from "./s3-file-store.js";
import type { S3HealthDetails } from "./setup/health.js";

/**
 * Stores the files of Deep Agents in an S3 bucket, in the format of the Python package `deepagents-backends`.
 *
 * ```ts
 * const backend = new S3Backend({ bucket: "my-agents", prefix: "workspace" });
 * try {
 *   const agent = createDeepAgent({ backend });
 * } finally {
 *   await backend.close();
 * }
 * ```
 */
export class S3Backend extends RemoteBackend {
  /**
   * Creates a backend. Sends no request until `initialize()` or the first operation.
   * @param options See `S3BackendOptions`; `bucket` is required.
   * @throws RemoteBackendError `invalid-options`, naming the option and what it accepts.
   */
  constructor(options: S3BackendOptions) {
    checkS3Options(options, backendRules);
    const {
      namespace,
      writeMode,
      reader,
      mountPath,
      operationTimeoutMs,
      onOperation,
      onError,
      ...storeOptions
    } = options;
    super(new S3FileStore(storeOptions), pickRemoteBackendOptions(options));
  }

  /** @see RemoteBackend.check */
  override check(): Promise<Health<S3HealthDetails>> {
    return super.check();
  }
}
