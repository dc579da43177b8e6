import { existsSync } from "node:fs";
import { join } from "node:path";
import { programName } from "../os/find-program.js";
import { userCache } from "../os/user-cache.js";

/** A server that Go builds where this machine has none. */
export interface GoProgram {
  /** For messages: `MinIO`. */
  readonly name: string;
  /** As Go names it: `minio`. */
  readonly program: string;
  /** Go package that is built. */
  readonly package: string;
  /** Version of its module; pinned, because tests depend on it. */
  readonly version: string;
  /** Oldest Go that its `go.mod` accepts. */
  readonly oldestGo: string;
  /** Cost of the first build, for the message before it: `minutes, and 2 GB of Go's caches`. */
  readonly cost: string;
}

/** This user's folder for that version. Homes may be shared by machines of different kinds. */
export function cacheFolder({ program, version }: GoProgram): string {
  return join(userCache(), `${program}-${version}-${process.platform}-${process.arch}`);
}

/** Where the program is once it has been built. */
export function cachedProgram(program: GoProgram): string {
  return join(cacheFolder(program), programName(program.program));
}

export function findCached(program: GoProgram): string | undefined {
  const path = cachedProgram(program);
  return existsSync(path) ? path : undefined;
}
