#!/usr/bin/env node
import { main } from "./main.js";

const { stdout, stderr } = process;
const write = stdout.write.bind(stdout);

// The reader has closed the pipe, as `head` does: exit like other programs.
stdout.on("error", () => process.exit(141));

const interrupt = new AbortController();
// Only once: a second Ctrl-C ends the process immediately.
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

// Exits explicitly, because connections that a backend left open would keep the process alive. The callback waits for
// pending output.
void ended.then((code) => write("", () => process.exit(code)));
