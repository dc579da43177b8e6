export type { PostgresBackendOptions, PostgresStoreOptions, SslMode } from "./options.js";
export * from "./postgres-backend.js";
export * from "./postgres-store.js";
