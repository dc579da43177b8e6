import { chownSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Home } from "../homes/home.js";
import type { ServerUser } from "../os/server-user.js";

/** What one PgBouncer is told. */
export interface Settings {
  /** Address of the PostgreSQL behind it, with the user and the password to log in there. */
  target: URL;
  /** Connections to one database. */
  poolSize: number;
  /** What clients have to give. */
  password: string;
}

/**
 * Writes what PgBouncer reads at its start, where only it can read it.
 * @returns the path of its ini file
 */
export function writeSettings(
  home: Home,
  user: ServerUser | undefined,
  settings: Settings,
  port: number,
): string {
  const paths = { ini: join(home.data, "pgbouncer.ini"), users: join(home.data, "userlist.txt") };
  for (const [path, text] of [
    [paths.ini, iniFile(settings, port, paths.users)],
    [paths.users, userList(settings)],
  ] as const) {
    writeFileSync(path, text, { mode: 0o600 });
    if (user) chownSync(path, user.uid, user.gid);
  }
  return paths.ini;
}

/**
 * Transaction mode, with connections in turn, so that no client gets that of its last transaction by habit. The rest
 * is at its default: above all `ignore_startup_parameters`, so that a client which sends more of them than PgBouncer
 * knows is refused.
 * @see https://www.pgbouncer.org/config.html
 */
function iniFile({ target, poolSize }: Settings, port: number, users: string): string {
  const server = {
    host: target.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: target.port || "5432",
    user: userOf(target),
    ...(target.password && { password: decodeURIComponent(target.password) }),
  };
  const quoted = Object.entries(server).map(([name, value]) => `${name}='${value.replaceAll("'", "''")}'`);
  return `[databases]
* = ${quoted.join(" ")}

[pgbouncer]
pool_mode = transaction
default_pool_size = ${poolSize}
server_round_robin = 1
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
admin_users = ${userOf(target)}
server_tls_sslmode = prefer
`;
}

function userList({ target, password }: Settings): string {
  return `"${userOf(target).replaceAll('"', '""')}" "${password}"\n`;
}

/** The name that clients give, and that PgBouncer gives to the server. */
export const userOf = (target: URL): string => decodeURIComponent(target.username) || "postgres";
