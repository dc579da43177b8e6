export type { PoolLoad, PostgresHealthDetails } from "./health.js";
export type { PostgresBackendOptions, PostgresFileStoreOptions, SslMode } from "./options.js";
export * from "./postgres-backend.js";
export * from "./postgres-file-store.js";
export { type SchemaSqlOptions, schemaSql } from "./schema/schema-sql.js";
