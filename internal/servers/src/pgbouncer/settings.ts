/** Settings of one PgBouncer. */
export interface Settings {
  /** Address of the PostgreSQL behind it, with the user and the password to log in there. */
  target: URL;
  /** Connections to one database. */
  poolSize: number;
  /** Password that clients have to give. */
  password: string;
}

/**
 * Transaction mode, with connections in turn, so that no client gets that of its last transaction by habit. The rest
 * is at its default: above all `ignore_startup_parameters`, so that a client which sends more of them than PgBouncer
 * knows is refused.
 * @param users Path of the user list.
 * @see https://www.pgbouncer.org/config.html
 */
export function iniFile(
  { target, poolSize }: Settings,
  listen: { host: string; port: number },
  users: string,
): string {
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
listen_addr = ${listen.host}
listen_port = ${listen.port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
admin_users = ${userOf(target)}
server_tls_sslmode = prefer
`;
}

export const userList = ({ target, password }: Settings): string =>
  `"${userOf(target).replaceAll('"', '""')}" "${password}"\n`;

/** Address of the target through a PgBouncer. */
export function through({ target, password }: Settings, port: number): string {
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  url.username = userOf(target);
  url.password = password;
  return url.href;
}

/** Name that clients give, and that PgBouncer gives to the server. */
const userOf = (target: URL): string => decodeURIComponent(target.username) || "postgres";
