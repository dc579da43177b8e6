import { spawn } from "node:child_process";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
/** A step that prints nothing for longer than this looks like one that hangs. */
const SIGN_OF_LIFE_MS = 10_000;

/**
 * Runs a program with this terminal and answers how it ended: `{ signal }`, or `{ code, received }` with the
 * signal that was passed on to it, if any.
 */
export function run(program, parameters, options = {}) {
  return watch(spawn(program, parameters, { stdio: "inherit", ...options }));
}

/** Runs a step whose output is only of interest when it fails, and then shows all of it. */
export async function step(label, program, parameters, options = {}) {
  const started = Date.now();
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  console.log(`${label} ...`);
  const alive = setInterval(() => console.log(`${label}: ${seconds()} so far`), SIGN_OF_LIFE_MS);
  const child = spawn(program, parameters, { stdio: ["ignore", "pipe", "pipe"], ...options });
  const output = [];
  child.stdout.on("data", (data) => output.push(data));
  child.stderr.on("data", (data) => output.push(data));
  const ended = await watch(child).finally(() => clearInterval(alive));
  const text = Buffer.concat(output).toString();
  if (ended.signal || ended.code !== 0) {
    process.stdout.write(text);
    console.error(`${label} failed after ${seconds()} (${ended.signal ?? `exit code ${ended.code}`})`);
    throw Object.assign(new Error(`${label} failed`), { ended });
  }
  return text;
}

/** Ends this process as that one ended. */
export function endLike(ended) {
  if (ended.signal) process.kill(process.pid, ended.signal);
  else process.exitCode = ended.code;
}

/** Signals go to the child, and only its end ends us. */
function watch(child) {
  return new Promise((resolve, reject) => {
    let received;
    const forward = (signal) => {
      received = signal;
      // A Ctrl-C in a terminal has reached the child already; a second one makes many programs give up.
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      child.kill(signal);
    };
    for (const signal of SIGNALS) process.on(signal, forward);
    const release = () => {
      for (const signal of SIGNALS) process.off(signal, forward);
    };
    child.on("error", (error) => {
      release();
      reject(error);
    });
    child.on("close", (code, signal) => {
      release();
      resolve(signal ? { signal } : { code: code ?? 1, received });
    });
  });
}
