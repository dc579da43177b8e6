import { startPostgres } from "../postgres/start.js";
import { keep } from "./kept.js";

/**
 * For `globalSetup` in a package's jest.config.mjs: takes the server of `TEST_POSTGRES_URL`, which
 * `with-servers` sets, or starts one for this run.
 */
export default async function setup(): Promise<void> {
  const server = await startPostgres({ log: say });
  say(server.description);
  process.env.TEST_POSTGRES_URL = server.url;
  process.env.TEST_POSTGRES_VERSION = server.version;
  keep(server);
}

/** To standard error: `jest --json` writes its result to standard output. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
