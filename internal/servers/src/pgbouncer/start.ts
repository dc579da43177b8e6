import { randomBytes } from "node:crypto";
import { makeOwned } from "../homes/home.js";
import { launch } from "../homes/launch.js";
import { pidFileKind } from "../homes/pid-file.js";
import { clearLeftovers, startTemporary } from "../homes/temporary-server.js";
import { MissingServer } from "../missing.js";
import { ownUntilStopped } from "../os/on-exit.js";
import { createUser, findUser, isRoot } from "../os/server-user.js";
import { withConnection } from "../postgres/connection.js";
import { findPgBouncer, pgBouncerVersion } from "./find.js";
import { NO_PGBOUNCER } from "./provide.js";
import { type Settings, userOf, writeSettings } from "./settings.js";

const PGBOUNCER = pidFileKind("pgbouncer");

/** PgBouncer refuses to run as root. */
const SERVER_USER = "postgres";

export interface PgBouncerOptions {
  /** Address of a PostgreSQL, with user and password: `postgres://user:password@host:5432/database`. */
  target: string;
  /** Connections of PgBouncer to one database. Default: 4, so that clients have to share. */
  poolSize?: number;
  /** Gets a line for what a killed run left behind. Default: nobody hears it. */
  log?: (line: string) => void;
  /** Whether SIGINT, SIGTERM and SIGHUP stop it and end this process. Default: true. */
  signals?: boolean;
}

export interface PgBouncer {
  /** The target's address through PgBouncer, with a password of its own. The server's other databases are there too. */
  url: string;
  /** `1.18.0` */
  version: string;
  /** Calling it twice is fine. */
  stop(): Promise<void>;
}

/**
 * Starts a PgBouncer in transaction mode in front of a PostgreSQL, on a free port of 127.0.0.1. It stops with this
 * process at the latest.
 * @throws MissingServer when there is none on this machine, with what to install; Error when it does not work, with the end of its log
 */
export async function startPgBouncer(options: PgBouncerOptions): Promise<PgBouncer> {
  const path = findPgBouncer();
  if (!path) throw new MissingServer(NO_PGBOUNCER);
  const user = isRoot() ? (findUser(SERVER_USER) ?? createUser(SERVER_USER)) : undefined;
  // The password is its own: another program that took the port in the meantime would not know it.
  const password = randomBytes(16).toString("hex");
  const settings = { target: new URL(options.target), poolSize: options.poolSize ?? 4, password };
  await clearLeftovers(PGBOUNCER, options.log ?? (() => {}));
  const server = await startTemporary(PGBOUNCER, user, (home) => {
    makeOwned(home.data, user);
    const program = {
      name: "PgBouncer",
      path,
      parameters: (port: number) => [writeSettings(home, user, settings, port)],
      env: process.env,
      isReady: (port: number) => answers(through(settings, port)),
      portTaken: /Address already in use/,
      endBy: "SIGKILL",
      onSpawn: (pid: number) => PGBOUNCER.writePid(home, pid),
    } as const;
    return launch(program, home, user);
  });
  return {
    url: through(settings, server.port),
    version: pgBouncerVersion(path),
    stop: ownUntilStopped(server, options.signals),
  };
}

function through({ target, password }: Settings, port: number): string {
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  url.username = userOf(target);
  url.password = password;
  return url.href;
}

/** Whether the target answers through it. */
function answers(url: string): Promise<boolean> {
  return withConnection(url, (sql) => sql.unsafe("SELECT 1")).then(
    () => true,
    () => false,
  );
}
