#!/usr/bin/env node
/** Implements the root's `npm start`, `npm test`, `npm run db` and so on. Works from a fresh clone. */

import { createRequire } from "node:module";
import { join } from "node:path";
import { env, pnpm, root, turbo } from "./pnpm.mjs";
import { endLike, run } from "./process.mjs";
import { clearResults, readResults, report } from "./results.mjs";
import { testFiles } from "./test-files.mjs";
import { build, install, packages } from "./workspace.mjs";

const commands = {
  start: (parameters) => program("examples", "start/main.ts", parameters),
  db: (parameters) => program("examples", "start/db.ts", parameters),
  example: (parameters) => program("examples", "run.ts", parameters),
  bench: (parameters) => program("benchmarks", "src/main.ts", parameters),
  compare: () => program("internal/peers", "src/compare.ts", []),
  docs: () => program("internal/docs", "src/main.ts", []),
  site: () =>
    run(process.execPath, [pnpm, "--filter", "@deepagents-internal/site", "run", "site"], { cwd: root, env }),
  test: (parameters) => withServers((more) => tests("test", parameters, more)),
  "test:unit": (parameters) => tests("test:unit", parameters),
  build: async () => ({ code: 0 }),
  typecheck: () => runTurbo(["typecheck", "--continue", "--output-logs=errors-only"]),
};

const takesParameters = new Set(["start", "db", "example", "bench", "test", "test:unit"]);

const [name = "", ...parameters] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (command && (parameters.length === 0 || takesParameters.has(name))) {
  try {
    await install();
    await build();
    endLike(await command(parameters));
  } catch (error) {
    if (!error.ended) console.error(error.message);
    endLike(error.ended ?? { code: 1 });
  }
} else {
  if (command) console.error(`${name} takes no parameters, not ${parameters.join(" ")}`);
  console.error(`usage: node scripts/run.mjs ${Object.keys(commands).join(" | ")}`);
  process.exitCode = 2;
}

/**
 * Runs a program of a package with tsx. Avoids the shell of a package script, which would exit on a signal while the
 * program keeps running.
 */
function program(name, file, parameters) {
  const tsx = createRequire(import.meta.url).resolve("tsx/cli");
  return run(process.execPath, [tsx, file, ...parameters], { cwd: join(root, name), env });
}

/**
 * Runs the task in every package that has it, and sums up their jest results.
 * @param parameters Patterns of test files, and jest options. Default: all tests.
 */
async function tests(task, parameters, more = {}) {
  const patterns = parameters.filter((_, i) =>
    parameters.slice(0, i + 1).every((each) => !each.startsWith("-")),
  );
  const tested = packages().filter(
    ({ scripts, path }) => scripts[task] && testFiles(path, patterns).length > 0,
  );
  clearResults(tested);
  const filters = tested.map(({ name }) => `--filter=${name}`);
  const options = [task, ...filters, "--continue", "--concurrency=2", "--output-logs=new-only"];
  const ended = tested.length === 0 ? { code: 1 } : await runTurbo([...options, "--", ...parameters], more);
  // An interrupted turbo exits with code 0. Tests that did not run then have not failed.
  const signal = ended.signal ?? ended.received;
  if (signal) return { signal };
  const total = report(readResults(tested), ended.code, (line) => console.log(line));
  return { code: total.failed === 0 ? 0 : ended.code || 1 };
}

/** Runs tests with all servers. Outside CI, tests that need a missing server are not run. */
async function withServers(work) {
  const { SERVERS, startServers } = await import("../internal/servers/dist/index.js");
  const log = (line) => console.error(line);
  const servers = await startServers(SERVERS, { log, allowMissing: !process.env.CI });
  return work(servers.env).finally(() => servers.stop());
}

/** Runs turbo in an environment in which it finds the pinned pnpm. */
function runTurbo(parameters, more = {}) {
  return run(process.execPath, [turbo, "run", ...parameters], { cwd: root, env: { ...env, ...more } });
}
