import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PostgresServer, startPostgres } from "@deepagents-internal/servers";
import postgres from "postgres";

/** A server that keeps its data and its port when it is killed and started again. */
export class CrashingServer {
  readonly #folder: string;
  #server: PostgresServer;

  private constructor(folder: string, server: PostgresServer) {
    this.#folder = folder;
    this.#server = server;
  }

  static async start(): Promise<CrashingServer> {
    const folder = await mkdtemp(join(tmpdir(), "crash-test-"));
    // For the OS user that a server of root's runs as.
    await chmod(folder, 0o755);
    return new CrashingServer(folder, await start(folder));
  }

  get url(): string {
    return this.#server.url;
  }

  /** Ends every process of the server by SIGKILL. */
  async kill(): Promise<void> {
    const sql = postgres(this.url, { max: 1, onnotice: () => {} });
    const [row] = await sql`SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid`;
    // It must not start others while they are counted.
    process.kill(row?.pid, "SIGSTOP");
    const others = await sql`SELECT pid FROM pg_stat_activity`;
    for (const { pid } of [row, ...others] as { pid: number }[]) process.kill(pid, "SIGKILL");
    await sql.end({ timeout: 0 });
    await this.#server.stop();
  }

  /** Starts it again where it was. */
  async restart(): Promise<void> {
    this.#server = await start(this.#folder, Number(new URL(this.url).port));
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

const start = (folder: string, port?: number): Promise<PostgresServer> =>
  startPostgres({
    dataDirectory: join(folder, "postgres"),
    sources: ["binaries", "embedded"],
    ...(port !== undefined && { port }),
  });
