export type { PostgresBackendOptions, PostgresFileStoreOptions, SslMode } from "./options.js";
export * from "./postgres-backend.js";
export * from "./postgres-file-store.js";
export type { PoolLoad, PostgresHealthDetails } from "./setup/health.js";
export { type SchemaSqlOptions, schemaSql } from "./setup/schema-sql.js";
