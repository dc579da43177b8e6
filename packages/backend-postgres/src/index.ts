export type { PostgresBackendOptions, SslMode } from "./options.js";
export * from "./postgres-backend.js";
