import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { withLock } from "../os/lock.js";
import { stopOnExit } from "../os/on-exit.js";
import type { Go } from "./go.js";
import { cachedProgram, cacheFolder, findCached, type GoProgram } from "./program.js";

/** Three minutes on two cores; this is for slow machines and lines. */
const BUILD_MS = 30 * 60_000;
const PROGRESS_MS = 5_000;
const LAST_LINES = 15;

export interface BuildOptions {
  log: (line: string) => void;
  /** As in `MinioOptions`. */
  signals: boolean;
  /** How often it says how far it is. Default: 5,000. */
  progressMs?: number;
}

/**
 * Builds a server into this user's cache and answers where it is. Of several processes that want it at the same
 * time one builds, the others wait for it.
 * @throws with the end of what Go said
 */
export async function buildProgram(program: GoProgram, go: Go, options: BuildOptions): Promise<string> {
  const folder = cacheFolder(program);
  mkdirSync(folder, { recursive: true });
  const quiet = every(options.progressMs, (seconds) =>
    options.log(`waiting for another process that builds ${program.name}: ${seconds} s`),
  );
  try {
    return await withLock(join(folder, "lock"), BUILD_MS, async () => {
      quiet();
      return findCached(program) ?? (await build(program, go, folder, options));
    });
  } finally {
    quiet();
  }
}

/** The program gets its name when it is complete, so half a one is never taken for it. */
async function build(program: GoProgram, go: Go, folder: string, options: BuildOptions): Promise<string> {
  removeHalves(folder);
  const half = mkdtempSync(join(folder, "build-"));
  const remove = () => rmSync(half, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
  try {
    await install(program, go, half, remove, options);
    const built = cachedProgram(program);
    renameSync(join(half, basename(built)), built);
    return built;
  } finally {
    remove();
  }
}

/** Of builds that were killed: whoever holds the lock is the only one that builds. */
function removeHalves(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith("build-")) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

async function install(
  program: GoProgram,
  go: Go,
  half: string,
  remove: () => void,
  options: BuildOptions,
): Promise<void> {
  options.log(
    `building ${program.name} ${program.version} with ${go.version}: ${program.cost}, the first time; ` +
      `it is kept in ${cacheFolder(program)}`,
  );
  const child = spawnGo(program, go, half);
  const output = follow(child);
  const ended = endOf(child);
  const interrupt = () => interruptGroup(child);
  const forget = stopOnExit({
    signals: options.signals,
    stop: async () => {
      interrupt();
      await ended;
      remove();
    },
    stopNow() {
      interrupt();
      remove();
    },
  });
  const timeout = setTimeout(interrupt, BUILD_MS);
  const quiet = every(options.progressMs, (seconds) =>
    options.log(
      `building ${program.name}: ${seconds} s, ${output.downloaded} modules downloaded, ${output.compiled} packages compiled`,
    ),
  );
  const why = await ended;
  quiet();
  clearTimeout(timeout);
  forget();
  if (why !== undefined) {
    throw new Error(
      `building it with ${go.version} failed (${why}):\n${output.last.map((line) => `  ${line}`).join("\n")}`,
    );
  }
}

/** In a process group of its own: a Ctrl-C in the terminal is for us to pass on, when we have understood it. */
function spawnGo(program: GoProgram, go: Go, half: string): ChildProcess {
  const parameters = [
    "install",
    "-v",
    "-trimpath",
    "-ldflags",
    "-s -w",
    `${program.package}@${program.version}`,
  ];
  return spawn(go.program, parameters, {
    cwd: half,
    detached: process.platform !== "win32",
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, CGO_ENABLED: "0", GOBIN: half, GOTMPDIR: half },
  });
}

/** With `-v` Go names every module that it downloads and every package that it compiles; the rest is errors. */
function follow(child: ChildProcess): { downloaded: number; compiled: number; last: string[] } {
  const output = { downloaded: 0, compiled: 0, last: [] as string[] };
  createInterface(child.stderr!).on("line", (line) => {
    if (line.startsWith("go: downloading ")) output.downloaded += 1;
    else if (/^\S+$/.test(line)) output.compiled += 1;
    else output.last = [...output.last, line].slice(-LAST_LINES);
  });
  return output;
}

/** Undefined when it did its work, else why not. */
function endOf(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(code === 0 ? undefined : (signal ?? `exit code ${code}`)));
  });
}

/** Go removes its temporary files on SIGINT. Its compilers would go on if it alone got the signal. */
function interruptGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (process.platform === "win32") child.kill();
    else process.kill(-child.pid, "SIGINT");
  } catch {
    // It has ended in the meantime.
  }
}

/** Says every few seconds how many have passed, until the answer is called. */
function every(ms = PROGRESS_MS, say: (seconds: number) => void): () => void {
  const started = Date.now();
  const timer = setInterval(() => say(Math.round((Date.now() - started) / 1_000)), ms);
  timer.unref();
  return () => clearInterval(timer);
}
