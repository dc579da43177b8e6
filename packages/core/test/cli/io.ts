import { fileURLToPath } from "node:url";
import { main } from "../../src/cli/main.js";

/** Outcome of a command. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** True if standard output was reserved for the output of the command. */
  readonly claimed: boolean;
}

export const FIXTURES = fileURLToPath(new URL("fixtures/", import.meta.url));

/** Runs a command line in the folder of the fixtures. */
export async function command(
  args: readonly string[],
  { cwd = FIXTURES, columns, interruptAt }: { cwd?: string; columns?: number; interruptAt?: string } = {},
): Promise<Ended> {
  const written = { stdout: "", stderr: "" };
  const interrupt = new AbortController();
  const out = (name: keyof typeof written) => ({
    write(text: string) {
      written[name] += text;
      if (interruptAt !== undefined && text.includes(interruptAt)) interrupt.abort();
    },
    ...(columns !== undefined && { isTTY: true, columns }),
  });
  let claimed = false;
  const code = await main(args, {
    stdout: out("stdout"),
    stderr: out("stderr"),
    cwd,
    interrupt: interrupt.signal,
    claimStdout: () => {
      claimed = true;
    },
  });
  return { code, ...written, claimed };
}
