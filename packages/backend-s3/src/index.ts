export type { S3BackendOptions, S3FileStoreOptions } from "./options.js";
export * from "./s3-backend.js";
export * from "./s3-file-store.js";
export type { S3HealthDetails } from "./setup/health.js";
