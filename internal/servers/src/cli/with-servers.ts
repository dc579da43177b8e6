import { startPostgres } from "../postgres/start.js";
import { runCommand } from "./run-command.js";

const USAGE = "usage: with-servers -- <command> [arguments...]";

/** Runs a command with servers, and ends this process as the command ended. */
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
  const postgres = await startPostgres({ log: say, signals: false });
  say(postgres.description);
  const ended = await runCommand(command, {
    ...process.env,
    TEST_POSTGRES_URL: postgres.url,
    TEST_POSTGRES_VERSION: postgres.version,
  }).finally(() => postgres.stop());
  if (ended.signal) process.kill(process.pid, ended.signal);
  else process.exitCode = ended.code;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
