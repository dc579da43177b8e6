import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { CommandError } from "../support/exit.js";
import type { Io } from "../support/io.js";

/**
 * Prompts for a secret, without showing it.
 * @throws CommandError `usage` if there is no terminal.
 */
export async function promptSecret(question: string, { stdin, stderr, signal }: Io): Promise<string> {
  if (!stdin.isTTY) {
    throw new CommandError("usage", "There is no terminal to ask for the password. Set PGPASSWORD instead.");
  }
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: stdin, output: silent, terminal: true });
  // Only now: the terminal no longer echoes what is typed.
  stderr.write(question);
  try {
    return await terminal.question("", { signal });
  } finally {
    terminal.close();
    stderr.write("\n");
  }
}
