import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Image } from "../images.js";

const docker = (parameters: string[], timeout = 0) =>
  promisify(execFile)("docker", parameters, { env: { ...process.env }, timeout });

/** An engine that does not answer in that time is down. */
const ENGINE_MS = 30_000;

/**
 * Starts a server from an image.
 * @returns The server, or the reason why Docker has none. A line tells about an image that cannot be run; it is an error
 *   if its variable asked for it.
 */
export async function fromImage<Server>(
  image: Image,
  log: (line: string) => void,
  start: (name: string) => Promise<Server>,
): Promise<Server | string> {
  const found = await provideImage(image, log);
  if (typeof found === "string") return found;
  try {
    return await start(found.image);
  } catch (error) {
    return refuse(image, `Docker could not run ${found.image}: ${(error as Error).message}`, log);
  }
}

/**
 * Makes sure that Docker can run an image, and downloads it if it is not there.
 * @returns The image's name, or the reason why Docker cannot run it.
 * @throws Error when that image was asked for by its variable and cannot be downloaded
 */
export async function provideImage(
  { name, variable }: Image,
  log: (line: string) => void,
): Promise<{ image: string } | string> {
  const wanted = process.env[variable];
  const image = wanted || name;
  if (!(await dockerAnswers())) {
    if (wanted) log(`${variable} is set, but no Docker engine answers: ${wanted} is not used`);
    return "no Docker engine answers";
  }
  if (await succeeds(["image", "inspect", image])) return { image };
  log(`downloading ${image} by Docker (once)`);
  const why = await docker(["pull", "--quiet", image]).then(() => undefined, lastLine);
  if (why === undefined) return { image };
  return refuse({ name, variable }, `Docker could not download ${image}: ${why}`, log);
}

function refuse({ variable }: Image, why: string, log: (line: string) => void): string {
  if (process.env[variable]) throw new Error(why);
  log(why);
  return why;
}

/**
 * True if a Docker engine answers on this machine. The ports of containers on another machine are not at 127.0.0.1;
 * the command line tool alone may be there without an engine.
 */
async function dockerAnswers(): Promise<boolean> {
  const host = process.env.DOCKER_HOST ?? "";
  if (/^(tcp|ssh):/.test(host) && !/\/(127\.|localhost\b)/.test(host)) return false;
  return succeeds(["version", "--format", "{{.Server.Version}}"]);
}

function succeeds(parameters: string[]): Promise<boolean> {
  return docker(parameters, ENGINE_MS).then(
    () => true,
    () => false,
  );
}

function lastLine(error: Error & { stderr?: string }): string {
  return (error.stderr || error.message).trim().split("\n").at(-1)!;
}
