#!/usr/bin/env node
import { main } from "./main.js";

const { stdin, stdout, stderr } = process;

// The reader has closed the pipe, as `head` does: exit like other programs.
stdout.on("error", () => process.exit(141));

const interrupt = new AbortController();
// Only once: a second Ctrl-C ends the process immediately.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupt.abort());

const code = await main(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: interrupt.signal,
});

// Exits explicitly, because connections that a module left open would keep the process alive. The callback waits for
// pending output.
stdout.write("", () => process.exit(code));
