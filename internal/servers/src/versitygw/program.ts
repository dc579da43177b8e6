import type { GoProgram } from "../go/program.js";

/** VersityGW: S3 over the files of a folder, each key a path. It shares no code with MinIO. */
export const VERSITYGW: GoProgram = {
  name: "VersityGW",
  program: "versitygw",
  package: "github.com/versity/versitygw/cmd/versitygw",
  version: "v1.8.0",
  oldestGo: "1.25",
  cost: "100 s, and 1 GB of Go's caches",
};
