import { randomBytes } from "node:crypto";
import { chownSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { containerCommand, publish } from "../docker.js";
import type { Home } from "../os/home.js";
import type { Command } from "../os/keeper.js";
import { launchTemporary } from "../os/launch.js";
import { credentials, type ServerUser, serverUser } from "../os/user.js";
import { answers } from "../postgres/connection.js";
import { providePgBouncer } from "./provide.js";
import { iniFile, type Settings, through, userList } from "./settings.js";

export interface PgBouncerOptions {
  /** Address of a PostgreSQL, with user and password: `postgres://user:password@host:5432/database`. */
  target: string;
  /** Connections of PgBouncer to one database. Default: 4, so that clients have to share. */
  poolSize?: number;
  /** Folders to look into besides PATH. Default: `/usr/sbin` and `/usr/local/sbin`. */
  folders?: readonly string[];
}

export interface PgBouncer {
  /** The target's address through PgBouncer, with a password of its own. The server's other databases are there too. */
  url: string;
  /** Calling it twice is fine. */
  stop(): Promise<void>;
}

/**
 * Starts a PgBouncer in transaction mode in front of a PostgreSQL, on a free port of 127.0.0.1. It stops with this
 * process at the latest.
 * @throws MissingServer when there is none on this machine, with what to install; Error when it does not work
 */
export async function startPgBouncer(options: PgBouncerOptions): Promise<PgBouncer> {
  const provided = await providePgBouncer(() => {}, options.folders);
  // The password is its own: another program that took the port in the meantime would not know it.
  const password = randomBytes(16).toString("hex");
  const settings = { target: new URL(options.target), poolSize: options.poolSize ?? 4, password };
  const user = "path" in provided ? serverUser() : undefined;
  const { port, stop } = await launchTemporary("pgbouncer", user, (home) => ({
    name: "PgBouncer",
    command: (port) =>
      "path" in provided
        ? localCommand(provided.path, home, settings, user, port)
        : imageCommand(provided.image, home, settings, port),
    isReady: (port) => answers(through(settings, port)),
  }));
  return { url: through(settings, port), stop };
}

/** The settings hold passwords: only the server's user can read them. */
function localCommand(
  path: string,
  home: Home,
  settings: Settings,
  user: ServerUser | undefined,
  port: number,
): Command {
  const [ini, users] = [join(home.data, "pgbouncer.ini"), join(home.data, "userlist.txt")];
  const write = (file: string, text: string) => {
    writeFileSync(file, text, { mode: 0o600 });
    if (user) chownSync(file, user.uid, user.gid);
  };
  write(ini, iniFile(settings, { host: "127.0.0.1", port }, users));
  write(users, userList(settings));
  return { path, parameters: [ini], options: { cwd: home.data, env: process.env, ...credentials(user) } };
}

/** The image's own entry point knows fewer settings than PgBouncer. */
const SCRIPT =
  'umask 077; cd "$(mktemp -d)"; printf %s "$INI" >pgbouncer.ini; printf %s "$USERS" >userlist.txt; exec pgbouncer pgbouncer.ini';

/** On Linux the container is in the network of this machine: servers that listen on 127.0.0.1 are not reached otherwise. */
function imageCommand(image: string, home: Home, settings: Settings, port: number): Command {
  const isLinux = process.platform === "linux";
  const target = new URL(settings.target);
  if (!isLinux && /^(localhost|127\..*|\[::1\])$/.test(target.hostname))
    target.hostname = "host.docker.internal";
  const listen = isLinux ? { host: "127.0.0.1", port } : { host: "0.0.0.0", port: 6432 };
  return containerCommand(home, {
    image,
    options: [...(isLinux ? ["--network", "host"] : publish(port, listen.port)), "--entrypoint", "sh"],
    env: { INI: iniFile({ ...settings, target }, listen, "userlist.txt"), USERS: userList(settings) },
    parameters: ["-c", SCRIPT],
  });
}
