#!/usr/bin/env node
import { main } from "./main.js";

const { stdout, stderr } = process;
const write = stdout.write.bind(stdout);

// The reader has gone, as `head` does: end as other programs do then.
stdout.on("error", () => process.exit(141));

const interrupt = new AbortController();
// Once: a second Ctrl-C ends the process at once.
process.once("SIGINT", () => {
  stderr.write("\nInterrupted: ending after the case under way. Ctrl-C again ends at once.\n");
  interrupt.abort();
});

const ended = main(process.argv.slice(2), {
  stdout: { write },
  stderr,
  cwd: process.cwd(),
  interrupt: interrupt.signal,
  claimStdout: () => {
    stdout.write = stderr.write.bind(stderr);
  },
});

// Connections that a backend left open would keep the process alive. The callback waits for what is still to be written.
void ended.then((code) => write("", () => process.exit(code)));
