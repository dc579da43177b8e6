export type { Health, PoolLoad } from "./health.js";
export type { PostgresBackendOptions, PostgresStoreOptions, SslMode } from "./options.js";
export * from "./postgres-backend.js";
export * from "./postgres-store.js";
export { type SchemaSqlOptions, schemaSql } from "./schema/schema-sql.js";
