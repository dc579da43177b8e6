export { chooseDataDirectory, type DataDirectory } from "./data-directory.js";
export { dockerAnswers } from "./docker/engine.js";
export { MINIO_IMAGE, POSTGRES_IMAGE } from "./images.js";
export { createDatabase } from "./postgres/database.js";
export { startPostgres } from "./postgres/start.js";
export type { PostgresServer, PostgresSource, StartOptions, TestDatabase } from "./postgres/types.js";
