export { type CreateOnlyParams, withCreateOnlyFiles } from "./backend/create-only-files.js";
export type { HistoryOptions, Retention } from "./backend/history/options.js";
export type * from "./backend/history/results.js";
export { MemoryBackend } from "./backend/memory-backend.js";
export type { Namespace } from "./backend/namespace.js";
export {
  type BackendCapabilities,
  NamespacedBackend,
  type NamespaceOptions,
} from "./backend/namespaced-backend.js";
export type { RemoteBackendOptions } from "./backend/options.js";
export { RemoteBackend } from "./backend/remote-backend.js";
export { OPERATION_CHANNEL, type OperationTrace } from "./backend/tracing.js";
export { CREATE_ONLY_WRITE_FILE_DESCRIPTION } from "./backend/write-file-description.js";
export type { WriteMode } from "./backend/write-mode.js";
export { type CopiedFile, type CopyOptions, copyFiles } from "./copy/copy-files.js";
export type * from "./protocol/protocol.js";
export type { PointInTime } from "./store/file-history.js";
export type { Health, HealthDetails, HealthWarning } from "./store/health-report.js";
export type { Author, ChangeKind } from "./store/origin.js";
export { type ErrorCode, RemoteBackendError, type RemoteBackendErrorOptions } from "./support/errors.js";
