import { MISSING_SERVERS, type ServerName, startServers } from "./start-servers.js";

/** The part of a project's configuration that is read here. */
interface Project {
  globals: { servers?: ServerName[] };
}

/**
 * `globalSetup` of jest: finds or starts the servers that the configuration names in `globals.servers`, except those that
 * `npm test` did not find. They end with jest.
 */
export default async function setup(_config: unknown, { globals }: Project): Promise<void> {
  const missing = JSON.parse(process.env[MISSING_SERVERS] ?? "{}");
  const wanted = (globals.servers ?? []).filter((name) => !Object.hasOwn(missing, name));
  const options = { log: (line: string) => process.stderr.write(`${line}\n`), allowMissing: !process.env.CI };
  const started = await startServers(wanted, options);
  Object.assign(process.env, started.env);
}
