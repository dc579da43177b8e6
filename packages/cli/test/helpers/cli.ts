import { Readable } from "node:stream";
import { main } from "../../src/main.js";

/** What a command line did. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Settings of a run. */
export interface How {
  readonly stdin?: string | Uint8Array;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Interrupts the command. Default: never. */
  readonly signal?: AbortSignal;
  /** Standard output is a terminal. */
  readonly terminal?: boolean;
}

/** Runs the command line in this process. */
export async function cli(args: readonly string[], how: How = {}): Promise<Ended> {
  const stdout: Buffer[] = [];
  let stderr = "";
  const code = await main(args, {
    stdin: Readable.from(how.stdin === undefined ? [] : [Buffer.from(how.stdin)]),
    stdout: { write: (data) => stdout.push(Buffer.from(data)), isTTY: how.terminal },
    stderr: {
      write: (data) => {
        stderr += data.toString();
      },
    },
    env: how.env ?? {},
    cwd: how.cwd ?? process.cwd(),
    signal: how.signal ?? new AbortController().signal,
  });
  return { code, stdout: Buffer.concat(stdout).toString("utf8"), stderr };
}
