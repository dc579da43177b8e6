import { execFile } from "node:child_process";
import { appendFile, chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type PostgresServer, startPostgres } from "@deepagents-internal/servers";
import postgres, { type Sql } from "postgres";
import { repeatUntil } from "./activity.js";

const run = promisify(execFile);

/** A primary and its streaming standby. */
export class Replication {
  readonly #folder: string;
  readonly primary: PostgresServer;
  readonly standby: PostgresServer;
  readonly #clients: readonly [primary: Sql, standby: Sql];

  private constructor(folder: string, primary: PostgresServer, standby: PostgresServer) {
    this.#folder = folder;
    this.primary = primary;
    this.standby = standby;
    const client = ({ url }: PostgresServer) => postgres(url, { max: 1, onnotice: () => {} });
    this.#clients = [client(primary), client(standby)];
  }

  static async start(): Promise<Replication> {
    const folder = await mkdtemp(join(tmpdir(), "replication-test-"));
    // For the OS user that a server of root's runs as.
    await chmod(folder, 0o755);
    const [first, second] = [join(folder, "first"), join(folder, "second")];
    // A copy of a server that has stopped needs no backup; `-a` keeps the files' owner.
    await (await start(first)).stop();
    await mkdir(second);
    await run("cp", ["-a", join(first, "data"), join(second, "data")]);
    const primary = await start(first);
    const { port } = new URL(primary.url);
    const source = `host=127.0.0.1 port=${port} user=postgres password=postgres`;
    await appendFile(join(second, "data", "postgresql.auto.conf"), `primary_conninfo = '${source}'\n`);
    await writeFile(join(second, "data", "standby.signal"), "");
    const replication = new Replication(folder, primary, await start(second));
    await replication.caughtUp();
    return replication;
  }

  /** Resolves when the standby has what the primary has now. */
  async caughtUp(): Promise<void> {
    const [primary, standby] = this.#clients;
    const [row] = await primary`SELECT pg_current_wal_lsn()::text AS lsn`;
    const isThere = async () => {
      const [found] = await standby`
        SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= ${row?.lsn}::pg_lsn AS is_there`;
      return found?.is_there === true;
    };
    await repeatUntil(isThere, isThere);
  }

  /** Stops the primary, which sends all it has to the standby first, and makes that the new primary. */
  async failOver(): Promise<void> {
    const [primary, standby] = this.#clients;
    await primary.end();
    await this.primary.stop();
    await standby`SELECT pg_promote(true, 60)`;
    const isPromoted = async () => {
      const [row] = await standby`SELECT pg_is_in_recovery() AS is_standby`;
      return row?.is_standby === false;
    };
    await repeatUntil(isPromoted, isPromoted);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.end()));
    // A primary waits for its standby.
    await this.standby.stop();
    await this.primary.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

const start = (dataDirectory: string): Promise<PostgresServer> =>
  startPostgres({ dataDirectory, sources: ["binaries", "embedded"] });
