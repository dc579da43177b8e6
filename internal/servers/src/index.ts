export { type PgBouncer, startPgBouncer } from "./pgbouncer/start.js";
export { createDatabase, type TestDatabase } from "./postgres/connection.js";
export { chooseDataDirectory } from "./postgres/data-directory.js";
export { type PostgresServer, startPostgres } from "./postgres/start.js";
export { type S3Address, s3Address } from "./s3/address.js";
export { type S3Server, startMinio } from "./s3/start.js";
export { SERVERS, startServers } from "./start-servers.js";
