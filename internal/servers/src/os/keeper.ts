import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";

const PROGRAM = createRequire(import.meta.url).resolve("@deepagents-internal/servers/keeper");

/** Time for a keeper to welcome a user. Only a foreign service that got its port by chance takes that long. */
const WELCOME_MS = 60_000;

/** A command that a keeper runs. */
export interface Command {
  path: string;
  parameters: readonly string[];
  options?: { cwd?: string; env?: NodeJS.ProcessEnv; uid?: number; gid?: number };
  /** Signals that end it in good order, the first one first. SIGKILL comes last. Default: SIGKILL alone. */
  signals?: readonly NodeJS.Signals[];
  /** Command that is run when this one has ended. */
  cleanUp?: readonly string[];
  /** Other processes can become users of the command: the file that tells them, and the port that it names. */
  share?: { note: string; port: number };
}

/**
 * A process that runs commands for this one, one at a time, and ends them and removes their folder when this process
 * ends, by whatever means.
 */
export interface Keeper {
  /**
   * Runs a command, and resolves with how it ended: `exit code 0`, `SIGKILL`.
   * @param log File that gets the output, instead of its former content.
   */
  run(command: Command, log: string): Promise<string>;
  /** Does the same for a server, which does not keep this process from ending. */
  serve(command: Command, log: string): Promise<string>;
  /** Ends the command and removes the folder, unless other processes use it. Calling it twice is fine. */
  stop(): Promise<void>;
}

/** @param folder Removed at the end. Default: none. */
export function openKeeper(folder?: string): Keeper {
  const child = spawn(process.execPath, [PROGRAM, ...(folder === undefined ? [] : [folder])], {
    // In a session of its own: a Ctrl-C in the terminal must not end a server before the processes that use it.
    detached: true,
    windowsHide: true,
    stdio: ["ignore", "ignore", "ignore", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  const pipe = child.stdio[3] as Socket;
  pipe.on("error", () => {});
  const lines = createInterface({ input: pipe });
  child.unref();
  pipe.unref();
  const serve = (command: Command, log: string) => {
    pipe.write(`${JSON.stringify({ ...command, log })}\n`);
    return new Promise<string>((resolve) => {
      lines.once("line", resolve);
      lines.once("close", () => resolve("its keeper ended"));
    });
  };
  return {
    run(command, log) {
      pipe.ref();
      return serve(command, log).finally(() => pipe.unref());
    },
    serve,
    stop: () => leave(pipe),
  };
}

/** Becomes a user of a shared command, if one runs. */
export function attach(note: string): Promise<{ port: number; stop(): Promise<void> } | undefined> {
  const known = read(note);
  if (!known) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const socket = connect(known.door, "127.0.0.1");
    socket.setTimeout(WELCOME_MS, () => socket.destroy());
    socket.on("error", () => {});
    socket.once("close", () => resolve(undefined));
    socket.once("data", () => {
      socket.setTimeout(0).unref();
      resolve({ port: known.port, stop: () => leave(socket) });
    });
  });
}

function leave(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    socket.ref();
    socket.once("close", () => resolve());
    socket.resume().end();
  });
}

function read(note: string): { door: number; port: number } | undefined {
  try {
    return JSON.parse(readFileSync(note, "utf8"));
  } catch {
    return undefined;
  }
}
