export type { S3BackendOptions, S3StoreOptions } from "./options.js";
export * from "./s3-backend.js";
export * from "./s3-store.js";
