import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const cli = require.resolve("@langchain/langgraph-cli/dist/cli/cli.mjs");
const folder = fileURLToPath(new URL("../../langgraph-server", import.meta.url));

/** A development server of LangGraph in a process of its own. */
export interface LangGraphServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Runs `langgraphjs dev`, with its state in memory and no request to the outside.
 * @param config Name of the configuration in `examples/langgraph-server`.
 */
export async function startLangGraphServer(config: string, env: NodeJS.ProcessEnv): Promise<LangGraphServer> {
  const port = await freePort();
  const parameters = [
    "dev",
    "--no-browser",
    "--no-reload",
    "--port",
    `${port}`,
    "--config",
    join(folder, config),
  ];
  const quiet = { LANGGRAPH_CLI_NO_ANALYTICS: "1", LANGSMITH_TRACING: "false", NO_COLOR: "1" };
  const child = spawn(process.execPath, [cli, ...parameters], {
    cwd: folder,
    // Its own group: the server is a grandchild.
    detached: true,
    env: { ...process.env, ...quiet, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  const output: string[] = [];
  child.stderr.on("data", (data) => output.push(String(data)));
  const running = (async () => {
    for await (const line of createInterface(child.stdout)) {
      output.push(line);
      if (line.includes("Server running at")) return;
    }
    throw new Error(`langgraphjs dev has ended:\n${output.join("\n")}`);
  })();
  await running;
  child.stdout.resume();
  return {
    url: `http://localhost:${port}`,
    async stop() {
      process.kill(-child.pid!, "SIGTERM");
      await ended;
      rmSync(join(folder, ".langgraph_api"), { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
