import { MISSING_SERVERS } from "../missing.js";
import { SERVERS, type ServerName, startServers } from "../start-servers.js";
import { keep } from "./kept.js";

/** What jest tells of the package's configuration. */
interface Project {
  globals: { servers?: ServerName[] };
}

/**
 * For `globalSetup` in a package's jest.config.mjs: takes the servers of `TEST_POSTGRES_URL` and `TEST_S3_URL`,
 * which `with-servers` sets, or starts some for this run. `globals: { servers: ["postgres", "minio"] }` says which
 * the package needs. Default: PostgreSQL alone.
 */
export default async function setup(_config: unknown, { globals }: Project): Promise<void> {
  const { servers = ["postgres"] } = globals;
  const unknown = servers.find((name) => !SERVERS.includes(name));
  if (unknown !== undefined) {
    throw new Error(`globals.servers names "${unknown}"; there are ${SERVERS.join(" and ")}`);
  }
  const missing = JSON.parse(process.env[MISSING_SERVERS] ?? "{}");
  const started = await startServers(
    servers.filter((name) => !Object.hasOwn(missing, name)),
    { log: say },
  );
  Object.assign(process.env, started.env);
  keep(started);
}

/** To standard error: `jest --json` writes its result to standard output. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
