import { execFile } from "node:child_process";
import { basename } from "node:path";
import { promisify } from "node:util";
import type { Log } from "./messages.js";
import type { Home } from "./os/home.js";
import type { Command } from "./os/keeper.js";

/** Image that Docker runs, and the environment variable that names another one. */
export interface Image {
  name: string;
  variable: string;
}

// `docker-compose.yml` names the first two as well; a test compares them.
export const POSTGRES_IMAGE: Image = { name: "postgres:17-alpine", variable: "POSTGRES_IMAGE" };

/** The last image that MinIO published. Its repository on Docker Hub is gone. */
export const MINIO_IMAGE: Image = {
  name: "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z",
  variable: "MINIO_IMAGE",
};

export const PGBOUNCER_IMAGE: Image = { name: "edoburu/pgbouncer:v1.25.2-p0", variable: "PGBOUNCER_IMAGE" };

/** Time after which an engine that does not answer is taken for dead. Another source serves instead. */
const ENGINE_MS = 30_000;

const docker = (parameters: string[], timeout = 0) =>
  promisify(execFile)("docker", parameters, { env: { ...process.env }, timeout });

/**
 * Starts a server from an image, after downloading it if it is not there.
 * @param start Gets the image's name.
 * @returns The server, or the reason why Docker cannot run it.
 * @throws Error instead, if the image's variable asks for it
 */
export async function fromImage<Server>(
  { name, variable }: Image,
  log: Log,
  start: (image: string) => Promise<Server>,
): Promise<Server | string> {
  const image = process.env[variable] || name;
  const refuse = (why: string) => {
    if (process.env[variable]) throw new Error(`${variable} is set, but ${why}`);
    return why;
  };
  if (!(await engineAnswers())) return refuse("no Docker engine answers");
  try {
    await download(image, log);
    return await start(image);
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    const why = refuse(`Docker could not run ${image}: ${stderr?.trim().split("\n").at(-1) || message}`);
    log(why);
    return why;
  }
}

async function download(image: string, log: Log): Promise<void> {
  if (await succeeds(docker(["image", "inspect", image]))) return;
  log(`downloading ${image} by Docker (once)`);
  await docker(["pull", "--quiet", image]);
}

/**
 * Returns true if a Docker engine answers on this machine. The ports of containers on another machine are not at
 * 127.0.0.1; the command line tool alone may be there without an engine.
 */
async function engineAnswers(): Promise<boolean> {
  const host = process.env.DOCKER_HOST ?? "";
  if (/^(tcp|ssh):/.test(host) && !/\/(127\.|localhost\b)/.test(host)) return false;
  return succeeds(docker(["version", "--format", "{{.Server.Version}}"], ENGINE_MS));
}

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

interface Container {
  image: string;
  /** Options of `docker run`, such as `--publish`. */
  options: readonly string[];
  /** Environment of the server, passed by name: values may be secrets, and command lines are public. */
  env: Readonly<Record<string, string>>;
  /** Parameters of the image's program. */
  parameters: readonly string[];
}

/** Command that runs a container in the foreground. The container is removed when the command ends, by force if need be. */
export function containerCommand(home: Home, { image, options, env, parameters }: Container): Command {
  const name = basename(home.path);
  const passed = Object.keys(env).flatMap((each) => ["--env", each]);
  return {
    path: "docker",
    parameters: ["run", "--rm", "--name", name, ...options, ...passed, image, ...parameters],
    options: { env: { ...process.env, ...env } },
    cleanUp: ["docker", "rm", "--force", "--volumes", name],
  };
}

/** Options that make a container's port reachable on 127.0.0.1. */
export const publish = (port: number, containerPort: number): string[] => [
  "--publish",
  `127.0.0.1:${port}:${containerPort}`,
];
