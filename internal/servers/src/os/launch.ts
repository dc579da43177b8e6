import { readFileSync, writeFileSync } from "node:fs";
import getPort from "get-port";
import { type Home, makeTemporaryHome } from "./folders.js";
import { type Command, type Keeper, openKeeper } from "./keeper.js";
import { until } from "./until.js";
import type { ServerUser } from "./user.js";

/** No server takes that long on any machine: one that does hangs. */
const READY_MS = 5 * 60_000;

const READY = Symbol("ready");

/** Time for what is in a server's way to end. */
const RETRY_MS = 60_000;

/** How the servers of one program are started. */
export interface Program {
  /** For messages: `PostgreSQL`. */
  name: string;
  command(port: number): Omit<Command, "log">;
  /** True if the server of this very home takes requests: another one may have taken the port in the meantime. */
  isReady(port: number): Promise<boolean>;
  /** Output of a server that could not start because another one holds its port. */
  portTaken: RegExp;
  /** Output of a server that could not start because its predecessor has not ended yet. */
  tooEarly?: RegExp;
}

/**
 * Starts the server of a home and waits until it takes requests.
 * @param fixedPort TCP port on 127.0.0.1. Default: a free one.
 * @throws Error with the end of its log
 */
export async function launch(
  program: Program,
  home: Home,
  keeper: Keeper,
  fixedPort?: number,
): Promise<number> {
  const lastRetry = Date.now() + RETRY_MS;
  for (;;) {
    const port = fixedPort ?? (await getPort({ host: "127.0.0.1" }));
    const command = program.command(port);
    writeFileSync(home.log, "");
    const ended = keeper.serve({ ...command, log: home.log });
    const ready = () => program.isReady(port).then((isReady) => (isReady ? READY : undefined));
    const outcome = await until(() => Promise.race([ended, ready()]), READY_MS);
    if (outcome === READY) return port;
    const tail = logTail(home.log);
    const isTaken = program.portTaken.test(tail);
    const mayRetry = (isTaken && fixedPort === undefined) || program.tooEarly?.test(tail);
    if (outcome !== undefined && mayRetry && Date.now() < lastRetry) continue;
    const what =
      outcome === undefined
        ? `took no connection within ${READY_MS / 60_000} minutes`
        : isTaken
          ? `could not listen on port ${port}, which another program holds`
          : `ended at once (${outcome})`;
    throw new Error(`${program.name} (${command.path}) ${what}. The end of ${home.log}:\n${tail}`);
  }
}

/** A server that runs. */
export interface Running {
  port: number;
  /** Ends it, unless other processes use it. Calling it twice is fine. */
  stop(): Promise<void>;
}

/**
 * Starts a server on a temporary home, which goes with it.
 * @param prepare Fills the home and returns the program.
 */
export async function launchTemporary(
  kind: string,
  user: ServerUser | undefined,
  prepare: (home: Home, keeper: Keeper) => Program | Promise<Program>,
  fixedPort?: number,
): Promise<Running> {
  const home = makeTemporaryHome(kind, user);
  const keeper = openKeeper(home.path);
  return stopIfFails(keeper, async () => launch(await prepare(home, keeper), home, keeper, fixedPort));
}

/** Returns the server that `start` starts, by its port. */
export async function stopIfFails(keeper: Keeper, start: () => Promise<number>): Promise<Running> {
  try {
    return { port: await start(), stop: keeper.stop };
  } catch (error) {
    await keeper.stop();
    throw error;
  }
}

/** Last lines of a log, indented for an error message. */
export function logTail(path: string, lines = 15): string {
  try {
    const all = readFileSync(path, "utf8").trimEnd().split("\n");
    return all
      .slice(-lines)
      .map((line) => `  ${line}`)
      .join("\n");
  } catch {
    return "  (it wrote no log)";
  }
}
