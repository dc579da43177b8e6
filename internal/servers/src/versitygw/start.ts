import { randomBytes } from "node:crypto";
import { cacheFolder, findCached } from "../go/program.js";
import { provideByGo } from "../go/provide.js";
import { type Home, makeOwned } from "../homes/home.js";
import { launch } from "../homes/launch.js";
import { pidFileKind } from "../homes/pid-file.js";
import type { ServerProcess } from "../homes/server-kind.js";
import { clearLeftovers, startTemporary } from "../homes/temporary-server.js";
import { localAddress, ROOT, type S3Address } from "../minio/address.js";
import { fromEnvironment } from "../minio/environment.js";
import { MissingServer } from "../missing.js";
import { findProgram } from "../os/find-program.js";
import { ownUntilStopped } from "../os/on-exit.js";
import { firstServer } from "../sources.js";
import { VERSITYGW } from "./program.js";

const KIND = pidFileKind("versitygw");

/** Where a VersityGW comes from, in the order in which they are tried. `build` takes minutes; the others, seconds. */
const SOURCES = ["environment", "path", "cache", "build"] as const;
type Source = (typeof SOURCES)[number];

export interface VersityGwOptions {
  /** Gets a line for whatever takes long or was decided. Default: nobody hears it. */
  log?: (line: string) => void;
  /** True if SIGINT, SIGTERM and SIGHUP stop the server and end this process. Default: true. */
  signals?: boolean;
}

export interface VersityGwServer extends S3Address {
  /** One line that says which server it is. */
  description: string;
  /** Stops what was started here, and removes its data. Calling it twice is fine. */
  stop(): Promise<void>;
}

/**
 * Finds or starts a VersityGW: the one that `TEST_VERSITYGW_URL` names, else the `versitygw` on PATH, else one that was
 * built here before, else one that is built now with Go. Its data lie in a temporary folder, which must have extended
 * attributes of users.
 * @throws MissingServer when there is none, with what to install; Error when the chosen one does not work, with the reason
 */
export async function startVersityGw(options: VersityGwOptions = {}): Promise<VersityGwServer> {
  const found = await firstServer(SOURCES, SOURCES, (source) => startFrom[source](options));
  if (!Array.isArray(found)) return found;
  throw new MissingServer(
    `no VersityGW: ${found.join("; ")}\nDo one of these: install Go ${VERSITYGW.oldestGo} or later, which builds it ` +
      "once; put a versitygw program on PATH; or set TEST_VERSITYGW_URL to a running server.",
  );
}

/** Answers why there is none where there is none. */
const startFrom: Record<Source, (options: VersityGwOptions) => Promise<VersityGwServer | string>> = {
  async environment() {
    return (await fromEnvironment("TEST_VERSITYGW_URL")) ?? "TEST_VERSITYGW_URL is not set";
  },

  async path(options) {
    const path = findProgram("versitygw");
    return path ? startProgram(path, options) : "there is no versitygw on PATH";
  },

  async cache(options) {
    const path = findCached(VERSITYGW);
    return path ? startProgram(path, options) : `none was built in ${cacheFolder(VERSITYGW)}`;
  },

  async build(options) {
    const { log = () => {}, signals = true } = options;
    const built = await provideByGo(VERSITYGW, { log, signals });
    return typeof built === "string" ? built : startProgram(built.path, options);
  },
};

async function startProgram(path: string, options: VersityGwOptions): Promise<VersityGwServer> {
  await clearLeftovers(KIND, options.log ?? (() => {}));
  const server = await startTemporary(KIND, undefined, (home) => launchGateway(path, home));
  return {
    ...localAddress("127.0.0.1", server.port),
    description: `VersityGW from ${path} on port ${server.port} (${server.note})`,
    stop: ownUntilStopped(server, options.signals),
  };
}

function launchGateway(path: string, home: Home): Promise<ServerProcess> {
  makeOwned(home.data, undefined);
  // Tells it from another gateway that took the port in the meantime.
  const health = `/health-${randomBytes(8).toString("hex")}`;
  return launch(
    {
      name: VERSITYGW.name,
      path,
      parameters: (port) => [
        ...["--port", `127.0.0.1:${port}`, "--quiet", "--keep-alive", "--health", health],
        ...["posix", home.data],
      ],
      env: environmentFor(home.path),
      isReady: (port) => answers(`http://127.0.0.1:${port}${health}`),
      portTaken: /address already in use/,
      endBy: "SIGKILL",
      onSpawn: (pid) => KIND.writePid(home, pid),
    },
    home,
  );
}

/** The environment of a server process: settings of another gateway are not for this one. */
function environmentFor(home: string): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !/^(VGW|ROOT)_/i.test(name));
  return {
    ...Object.fromEntries(others),
    ROOT_ACCESS_KEY_ID: ROOT.user,
    ROOT_SECRET_ACCESS_KEY: ROOT.password,
    HOME: home,
    USERPROFILE: home,
  };
}

function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    async (answer) => {
      await answer.body?.cancel();
      return answer.status === 200;
    },
    () => false,
  );
}
