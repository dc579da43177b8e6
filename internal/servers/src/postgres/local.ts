import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { logTail } from "../messages.js";
import { type Home, homeAt, makeOwned } from "../os/home.js";
import { attach, type Keeper, openKeeper } from "../os/keeper.js";
import { launch, launchTemporary, type Program, type Running, stopIfFails } from "../os/launch.js";
import { withLock } from "../os/lock.js";
import { credentials, type ServerUser, serverUser } from "../os/user.js";
import { type Binaries, program } from "./binaries.js";
import { answersFor, localUrl } from "./connection.js";

/** Settings of every server that is started here. */
const COMMON = ["max_connections=300"];

/** Settings of a temporary server: its data need not survive a power failure. Concurrency and visibility stay as they are. */
export const TEMPORARY = [...COMMON, "fsync=off", "synchronous_commit=off", "full_page_writes=off"];

export const asParameters = (settings: readonly string[]) => settings.flatMap((each) => ["-c", each]);

/** A data directory, and what works on it. */
interface Cluster {
  binaries: Binaries;
  home: Home;
  user: ServerUser | undefined;
  /** True if the data stay. Other processes share the server then. */
  isPersistent: boolean;
}

/** Running server, with a remark for its description. */
type LocalServer = Running & { note: string };

export async function startTemporary(binaries: Binaries): Promise<LocalServer> {
  const user = serverUser();
  const server = await launchTemporary("postgres", user, (home, keeper) =>
    prepare({ binaries, home, user, isPersistent: false }, keeper),
  );
  return { ...server, note: `temporary${asUser(user)}` };
}

/** Opens a server whose data stays. The first process starts it, others attach to it, and it stops after the last. */
export function openPersistent(binaries: Binaries, home: Home, port?: number): Promise<LocalServer> {
  return withLock(
    home.path,
    () => {},
    async () => {
      const running = await attach(noteIn(home));
      if (running && (await answersFor(localUrl(running.port), home.data)))
        return { ...running, note: `already running, data in ${home.data}` };
      await running?.stop();
      const user = serverUser(home.data);
      const keeper = openKeeper();
      const server = await stopIfFails(keeper, async () =>
        launch(await prepare({ binaries, home, user, isPersistent: true }, keeper), home, keeper, port),
      );
      return { ...server, note: `data in ${home.data}${asUser(user)}` };
    },
  );
}

const asUser = (user: ServerUser | undefined) => (user ? `, as OS user ${user.name}` : "");

/** Returns the home of a persistent server, made when it is missing. */
export function persistentHome(dataDirectory: string): Home {
  const path = resolve(dataDirectory);
  mkdirSync(path, { recursive: true, mode: 0o755 });
  return homeAt(realpathSync(path));
}

/** Returns the major version that made the data directory, if there is one. */
export function clusterMajor(home: Home): number | undefined {
  const file = join(home.data, "PG_VERSION");
  return existsSync(file) ? Number.parseInt(readFileSync(file, "utf8"), 10) : undefined;
}

/** Makes the data directory if it is missing, and returns the server that works on it. */
async function prepare(cluster: Cluster, keeper: Keeper): Promise<Program> {
  const reachable = { ...cluster, binaries: withinReach(cluster) };
  if (clusterMajor(cluster.home) === undefined) await initialize(reachable, keeper);
  return serverProgram(reachable);
}

/** Copies the programs of npm where the server's user can reach them: a clone in root's home folder is closed to others. */
function withinReach({ binaries, home, user }: Cluster): Binaries {
  if (!user || !binaries.isEmbedded) return binaries;
  const root = join(home.path, "programs");
  rmSync(root, { recursive: true, force: true });
  cpSync(binaries.root, root, { recursive: true, verbatimSymlinks: true });
  return { ...binaries, root };
}

/** The data directory gets its name when it is complete. */
async function initialize({ binaries, home, user, isPersistent }: Cluster, keeper: Keeper): Promise<void> {
  const half = `${home.data}.new`;
  makeOwned(half, user);
  const password = join(home.path, "password");
  writeFileSync(password, "postgres\n", { mode: 0o600 });
  if (user) chownSync(password, user.uid, user.gid);
  const path = program(binaries, "initdb");
  const parameters = [
    ...[`--pgdata=${half}`, `--pwfile=${password}`, "--username=postgres", "--auth=scram-sha-256"],
    ...["--encoding=UTF8", "--locale=C", ...(isPersistent ? [] : ["--no-sync"])],
  ];
  const options = { cwd: half, env: process.env, ...credentials(user) };
  const how = await keeper.run({ path, parameters, options }, home.log);
  rmSync(password, { force: true });
  if (how !== "exit code 0") throw new Error(`${path} failed (${how}):\n${logTail(home.log)}`);
  if (existsSync(home.data)) rmdirSync(home.data);
  renameSync(half, home.data);
}

/** File by which other processes find a running server. */
const noteIn = (home: Home) => join(home.path, "server.json");

/** The server of a home. It listens on the loopback address only and makes no socket file. */
function serverProgram({ binaries, home, user, isPersistent }: Cluster): Program {
  const settings = [
    ...["listen_addresses=127.0.0.1", "unix_socket_directories=", "logging_collector=off"],
    ...(isPersistent ? COMMON : TEMPORARY),
  ];
  return {
    name: "PostgreSQL",
    command: (port) => ({
      path: program(binaries, "postgres"),
      parameters: ["-D", home.data, "-p", String(port), ...asParameters(settings)],
      options: { cwd: home.data, env: process.env, ...credentials(user) },
      // SIGINT ends sessions and writes everything, SIGQUIT just ends.
      signals: isPersistent ? ["SIGINT", "SIGQUIT"] : ["SIGQUIT"],
      ...(isPersistent && { share: { note: noteIn(home), port } }),
    }),
    isReady: (port) => answersFor(localUrl(port), home.data),
    // The server that a former keeper is ending, or a process of it.
    tooEarly: /postmaster\.pid" already exists|shared memory block .* still in use/,
  };
}
