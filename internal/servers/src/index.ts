export { chooseDataDirectory, type DataDirectory } from "./data-directory.js";
export { type PgBouncer, type PgBouncerOptions, startPgBouncer } from "./pgbouncer/start.js";
export { createDatabase, type TestDatabase } from "./postgres/connection.js";
export { startPostgres } from "./postgres/start.js";
export type { PostgresServer, PostgresSource, StartOptions } from "./postgres/types.js";
export { type S3Address, s3Address } from "./s3/address.js";
export { type S3Options, type S3Server, startMinio, startVersityGw } from "./s3/start.js";
export { SERVERS, startServers } from "./start-servers.js";
