import { existsSync } from "node:fs";
import { join } from "node:path";
import { programName } from "../os/find-program.js";
import { userCache } from "../os/user-cache.js";

/**
 * What Go builds where there is no MinIO: the last state of the project, which is archived. Its tags do not
 * resolve as versions of a Go module; this name of a commit does.
 */
export const MINIO_MODULE = "github.com/minio/minio";
export const MINIO_VERSION = "v0.0.0-20260212201848-7aac2a2c5b7c";

/** This user's folder for that version. Homes may be shared by machines of different kinds. */
export function cacheFolder(): string {
  return join(userCache(), `minio-${MINIO_VERSION}-${process.platform}-${process.arch}`);
}

/** Where the program is once it has been built. */
export function cachedProgram(): string {
  return join(cacheFolder(), programName("minio"));
}

export function findCached(): string | undefined {
  const program = cachedProgram();
  return existsSync(program) ? program : undefined;
}
