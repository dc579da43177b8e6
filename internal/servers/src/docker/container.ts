import { basename } from "node:path";
import type { Home } from "../os/folders.js";
import type { Command } from "../os/keeper.js";

interface Container {
  image: string;
  /** Options of `docker run`, such as `--publish`. */
  options: readonly string[];
  /** Environment of the server, passed by name: values may be secrets, and command lines are public. */
  env: Record<string, string>;
  /** Parameters of the image's program. */
  parameters: readonly string[];
}

/** Output of `docker run` for a port that is not free. */
export const PORT_TAKEN = /port is already allocated|address already in use/i;

/** Command that runs a container in the foreground. The container is removed when the command ends, by force if need be. */
export function containerCommand(
  home: Home,
  { image, options, env, parameters }: Container,
): Omit<Command, "log"> {
  const name = basename(home.path);
  const passed = Object.keys(env).flatMap((each) => ["--env", each]);
  return {
    path: "docker",
    parameters: ["run", "--rm", "--name", name, ...options, ...passed, image, ...parameters],
    options: { env: { ...process.env, ...env } },
    cleanUp: ["docker", "rm", "--force", "--volumes", name],
  };
}

/** Makes a container's port reachable on 127.0.0.1. */
export const publish = (port: number, containerPort: number): string[] => [
  "--publish",
  `127.0.0.1:${port}:${containerPort}`,
];
