import { spawn } from "node:child_process";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
/** Interval of progress messages, so that a long step does not look stuck. */
const SIGN_OF_LIFE_MS = 10_000;

/**
 * Runs a program in this terminal. Resolves with `{ signal }`, or with `{ code, received }`, where `received` is the
 * signal that was forwarded to it, if any.
 */
export function run(program, parameters, options = {}) {
  return watch(spawn(program, parameters, { stdio: "inherit", ...options }));
}

/** Runs a step, and prints its output only if it fails. */
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

/** Ends this process with the same signal or exit code. */
export function endLike(ended) {
  if (ended.signal) process.kill(process.pid, ended.signal);
  else process.exitCode = ended.code;
}

/** Forwards signals to the child and exits with it. */
function watch(child) {
  return new Promise((resolve, reject) => {
    let received;
    const forward = (signal) => {
      received = signal;
      // A Ctrl-C in a terminal has already reached the child, and a second one makes many programs abort.
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
