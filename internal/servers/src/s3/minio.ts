import { readFileSync } from "node:fs";
import { MINIO_IMAGE } from "../images.js";
import { ROOT } from "./address.js";
import { type S3Kind, statusOf } from "./kind.js";

/** MinIO in its last state: the project is archived. */
export const MINIO: S3Kind = {
  variable: "TEST_S3_URL",
  go: {
    name: "MinIO",
    program: "minio",
    package: "github.com/minio/minio",
    // Its tags do not resolve as versions of a Go module; this name of a commit does.
    version: "v0.0.0-20260212201848-7aac2a2c5b7c",
    oldestGo: "1.24",
    cost: "3 to 4 minutes, and 2 GB of Go's caches",
  },
  image: MINIO_IMAGE,
  version: /^minio version (\S+)/,
  parameters: (listen, data) => ["server", "--address", listen, data],
  env: {
    MINIO_ROOT_USER: ROOT.user,
    MINIO_ROOT_PASSWORD: ROOT.password,
    MINIO_BROWSER: "off",
    MINIO_UPDATE: "off",
  },
  foreign: /^_?MINIO_/i,
  async isReady(endpoint, home) {
    // Every MinIO answers alike. The log tells that this one does.
    if (!readFileSync(home.log, "utf8").includes("API: ")) return false;
    return (await statusOf(`${endpoint}/minio/health/ready`)) === 200;
  },
  portTaken: /port is already in use/,
};
