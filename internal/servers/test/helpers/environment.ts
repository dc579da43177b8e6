import { afterEach, beforeEach } from "@jest/globals";

/** The variables that choose a PostgreSQL, and those that choose a MinIO. */
const POSTGRES = ["TEST_POSTGRES_URL", "POSTGRES_IMAGE", "DOCKER_HOST"];
export const MINIO = ["TEST_S3_URL", "MINIO_IMAGE", "DOCKER_HOST"];

/** Each test of the calling file starts without these variables, and may set what it likes. */
export function withCleanEnvironment(names: readonly string[] = POSTGRES): void {
  let saved: NodeJS.ProcessEnv = {};
  beforeEach(() => {
    saved = { ...process.env };
    for (const name of names) delete process.env[name];
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name];
    Object.assign(process.env, saved);
  });
}
