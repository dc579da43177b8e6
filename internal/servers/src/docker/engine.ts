import { existsSync, readFileSync } from "node:fs";
import { type RequestOptions, request } from "node:http";
import { homedir } from "node:os";
import { join } from "node:path";

const PING_MS = 1_500;

/** Whether a Docker engine answers. The command line tool alone, which may be there without one, does not count. */
export async function dockerAnswers(environment: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  for (const address of addresses(environment)) {
    if (await pings(address)) return true;
  }
  return false;
}

/** Where testcontainers looks, too. An address that the environment names is the only one then. */
function addresses(environment: NodeJS.ProcessEnv): string[] {
  if (environment.DOCKER_HOST) return [environment.DOCKER_HOST];
  const configured = fromProperties();
  if (process.platform === "win32") return [...configured, "npipe:////./pipe/docker_engine"];
  const runtime = environment.XDG_RUNTIME_DIR ?? `/run/user/${process.getuid?.() ?? 0}`;
  const sockets = [
    "/var/run/docker.sock",
    join(runtime, "docker.sock"),
    join(homedir(), ".docker/run/docker.sock"),
    join(homedir(), ".docker/desktop/docker.sock"),
  ];
  return [...configured, ...sockets.filter((path) => existsSync(path)).map((path) => `unix://${path}`)];
}

function fromProperties(): string[] {
  try {
    const text = readFileSync(join(homedir(), ".testcontainers.properties"), "utf8");
    return [...text.matchAll(/^\s*(?:tc|docker)\.host\s*=\s*(\S+)/gm)].map((match) => match[1]!);
  } catch {
    return [];
  }
}

function pings(address: string): Promise<boolean> {
  const target = targetOf(address);
  if (!target) return Promise.resolve(false);
  return new Promise((resolve) => {
    const ping = request({ ...target, path: "/_ping", timeout: PING_MS }, (answer) => {
      answer.resume();
      // An engine behind TLS answers 400 to plain HTTP: it is there, and testcontainers knows how to talk to it.
      resolve(answer.statusCode === 200 || answer.statusCode === 400);
    });
    ping.on("timeout", () => ping.destroy(new Error("timeout")));
    ping.on("error", () => resolve(false));
    ping.end();
  });
}

function targetOf(address: string): RequestOptions | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === "unix:") return { socketPath: url.pathname };
  if (url?.protocol === "npipe:")
    return { socketPath: address.slice("npipe:".length).replace(/^\/\/+/, "//") };
  if (url?.protocol === "tcp:" || url?.protocol === "http:") {
    return { host: url.hostname, port: url.port || 2375 };
  }
  return undefined;
}
