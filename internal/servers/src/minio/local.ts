import { readFileSync } from "node:fs";
import { type Home, makeOwned } from "../homes/home.js";
import { launch } from "../homes/launch.js";
import { pidFileKind } from "../homes/pid-file.js";
import type { ServerProcess } from "../homes/server-kind.js";
import { clearLeftovers, startTemporary } from "../homes/temporary-server.js";
import { ownUntilStopped } from "../os/on-exit.js";
import { localAddress } from "./address.js";
import { askHealth } from "./health.js";
import { environmentFor } from "./settings.js";
import type { MinioOptions, MinioServer, MinioSource } from "./types.js";

const MINIO = pidFileKind("minio");

/** A MinIO that can be run here. */
export interface MinioProgram {
  path: string;
  /** As it says itself, or as the Go module has it. */
  version: string;
  source: MinioSource;
}

/** Starts a server from a program on this machine. */
export async function startLocal(program: MinioProgram, options: MinioOptions): Promise<MinioServer> {
  await clearLeftovers(MINIO, options.log ?? (() => {}));
  const server = await startTemporary(MINIO, undefined, (home) => launchMinio(program.path, home));
  return {
    ...localAddress("127.0.0.1", server.port),
    source: program.source,
    description: `MinIO ${program.version} from ${program.path} on port ${server.port} (${server.note})`,
    stop: ownUntilStopped(server, options.signals),
  };
}

function launchMinio(path: string, home: Home): Promise<ServerProcess> {
  makeOwned(home.data, undefined);
  return launch(
    {
      name: "MinIO",
      path,
      parameters: (port) => ["server", "--address", `127.0.0.1:${port}`, home.data],
      env: environmentFor(home.path),
      isReady: (port) => isReady(home, port),
      portTaken: /port is already in use/,
      endBy: "SIGKILL",
      onSpawn: (pid) => MINIO.writePid(home, pid),
    },
    home,
  );
}

/** Every MinIO answers alike: that it is the one of this home is in its log. */
async function isReady(home: Home, port: number): Promise<boolean> {
  const serves = new RegExp(`API: .*http://127\\.0\\.0\\.1:${port}\\b`);
  if (!serves.test(readFileSync(home.log, "utf8"))) return false;
  return askHealth(`http://127.0.0.1:${port}`).then(
    (status) => status === 200,
    () => false,
  );
}
