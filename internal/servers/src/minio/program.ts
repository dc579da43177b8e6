import type { GoProgram } from "../go/program.js";

/**
 * MinIO as Go builds it: the last state of the project, which is archived. Its tags do not resolve as versions of a Go
 * module; this name of a commit does.
 */
export const MINIO: GoProgram = {
  name: "MinIO",
  program: "minio",
  package: "github.com/minio/minio",
  version: "v0.0.0-20260212201848-7aac2a2c5b7c",
  oldestGo: "1.24",
  cost: "minutes, and 2 GB of Go's caches",
};
