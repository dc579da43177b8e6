import { stopOnExit } from "../os/on-exit.js";
import { SERVERS, startServers } from "../start-servers.js";
import { runCommand } from "./run-command.js";

const USAGE = "usage: with-servers -- <command> [arguments...]";

/** Runs a command with all servers, and ends this process as the command ended. */
export async function withServers(parameters: readonly string[]): Promise<void> {
  const command = parameters[0] === "--" ? parameters.slice(1) : parameters;
  if (command.length === 0) {
    say(USAGE);
    process.exitCode = 2;
    return;
  }
  try {
    await run(command);
  } catch (error) {
    say(`with-servers: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}

async function run(command: readonly string[]): Promise<void> {
  const servers = await start();
  const ended = await runCommand(command, { ...process.env, ...servers.env }).finally(() => servers.stop());
  if (ended.signal) process.kill(process.pid, ended.signal);
  else process.exitCode = ended.code;
}

/**
 * A server that this machine does not have leaves out the tests that need it; under CI it is an error.
 *
 * Until the command runs, and signals are its own, they end us, and with us what has been started so far.
 */
async function start() {
  const forget = stopOnExit({ async stop() {}, stopNow() {}, signals: true });
  const allowMissing = !process.env.CI;
  return startServers(SERVERS, { log: say, signals: false, allowMissing }).finally(forget);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
