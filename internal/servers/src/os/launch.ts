import { rmSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import getPort from "get-port";
import { logTail } from "../messages.js";
import { type Home, makeTemporaryHome } from "./home.js";
import { type Command, type Keeper, openKeeper } from "./keeper.js";
import type { ServerUser } from "./user.js";

/** Time for a server to take requests. No server takes that long on any machine: one that does hangs. */
const READY_MS = 10 * 60_000;

/** Interval at which a server is asked. Short enough that waiting never shows in a test's time. */
const PROBE_MS = 25;

/** Output of a server, or of Docker, when another program holds the port. */
const PORT_TAKEN = /port is already (allocated|in use)|address already in use|could not bind/i;

/** How the servers of one program are started. */
export interface Program {
  /** For messages: `PostgreSQL`. */
  name: string;
  command(port: number): Command;
  /** Returns true if the server of this very home takes requests: another one may have taken the port in the meantime. */
  isReady(port: number): Promise<boolean>;
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
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const port = fixedPort ?? (await getPort({ host: "127.0.0.1" }));
    const command = program.command(port);
    // Root may have written the former one.
    rmSync(home.log, { force: true });
    writeFileSync(home.log, "");
    const ended = keeper.serve(command, home.log);
    const how = await untilReady(() => program.isReady(port), ended, deadline);
    if (how === "ready") return port;
    const tail = logTail(home.log);
    const isTaken = PORT_TAKEN.test(tail);
    const mayRetry = (isTaken && fixedPort === undefined) || program.tooEarly?.test(tail);
    if (mayRetry && Date.now() < deadline) continue;
    const what = isTaken ? `could not listen on port ${port}, which another program holds` : how;
    throw new Error(`${program.name} (${command.path}) ${what}. The end of ${home.log}:\n${tail}`);
  }
}

async function untilReady(isReady: () => Promise<boolean>, ended: Promise<string>, deadline: number) {
  const failed = ended.then((how) => `ended at once (${how})`);
  while (Date.now() < deadline) {
    const outcome = await Promise.race([failed, isReady()]);
    if (outcome === true) return "ready";
    if (outcome !== false) return outcome;
    await wait(PROBE_MS);
  }
  return `took no connection within ${READY_MS / 60_000} minutes`;
}

/** Running server. */
export interface Running {
  port: number;
  /** Ends it, unless other processes use it. Calling it twice is fine. */
  stop(): Promise<void>;
}

/**
 * Starts a server on a temporary home, which is removed with it.
 * @param prepare Fills the home and returns the program.
 */
export async function launchTemporary(
  kind: string,
  user: ServerUser | undefined,
  prepare: (home: Home, keeper: Keeper) => Program | Promise<Program>,
): Promise<Running> {
  const home = makeTemporaryHome(kind, user);
  const keeper = openKeeper(home.path);
  return stopIfFails(keeper, async () => launch(await prepare(home, keeper), home, keeper));
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
