import { firstServer } from "../sources.js";
import { buildMinio } from "./build.js";
import { cacheFolder, findCached, MINIO_VERSION } from "./cache.js";
import { startInDocker } from "./docker.js";
import { fromEnvironment } from "./environment.js";
import { findGo, OLDEST_GO } from "./go.js";
import { findInstalled } from "./installed.js";
import { startLocal } from "./local.js";
import { type MinioOptions, type MinioServer, type MinioSource, SOURCES } from "./types.js";

/**
 * Finds or starts a MinIO: the S3 service that `TEST_S3_URL` names, else one in Docker, else the `minio` on PATH,
 * else one that was built here before, else one that is built with Go now, which takes minutes. A server that is
 * started keeps its data in a temporary folder that `stop()` removes.
 * @throws when there is none, with what to install; or when the one that was chosen does not work, with why
 */
export async function startMinio(options: MinioOptions = {}): Promise<MinioServer> {
  const found = await firstServer(SOURCES, options.sources, (source) => startFrom[source](options));
  if (!Array.isArray(found)) return found;
  throw new Error(
    `no MinIO: ${found.join("; ")}\nDo one of these: start Docker; install Go ${OLDEST_GO} or later, which builds ` +
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
    const path = findCached();
    if (!path) return `none was built in ${cacheFolder()}`;
    return startLocal({ path, version: MINIO_VERSION, source: "cache" }, options);
  },

  async build(options) {
    const go = findGo();
    if (typeof go === "string") return go;
    const { log = () => {}, signals = true } = options;
    const path = await buildMinio(go, { log, signals }).catch((error: Error) => error);
    if (path instanceof Error) return path.message;
    return startLocal({ path, version: MINIO_VERSION, source: "build" }, options);
  },
};
