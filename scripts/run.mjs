#!/usr/bin/env node
/** What the root's `npm start`, `npm test`, `npm run db` and so on do, from a fresh clone on. */

import { createRequire } from "node:module";
import { join } from "node:path";
import { findPnpm, root } from "./pnpm.mjs";
import { endLike, run } from "./process.mjs";
import { clearResults, readResults, report } from "./results.mjs";
import { testFiles } from "./test-files.mjs";
import { build, install, packagesOf } from "./workspace.mjs";

const commands = {
  start: (pnpm, parameters) => program(pnpm, "examples", "start/main.ts", parameters),
  db: (pnpm, parameters) => program(pnpm, "examples", "start/db.ts", parameters),
  example: (pnpm, parameters) => program(pnpm, "examples", "run.ts", parameters),
  bench: (pnpm) => program(pnpm, "benchmarks", "src/main.ts", []),
  compare: (pnpm) => program(pnpm, "internal/peers", "src/compare.ts", []),
  docs: (pnpm) => program(pnpm, "internal/docs", "src/main.ts", []),
  test: (pnpm, parameters) => withServers((env) => tests(pnpm, "test", parameters, env)),
  "test:unit": (pnpm, parameters) => tests(pnpm, "test:unit", parameters),
  build: async () => ({ code: 0 }),
  typecheck: (pnpm) => turbo(pnpm, ["typecheck", "--continue", "--output-logs=errors-only"]),
};

const takesParameters = new Set(["start", "db", "example", "test", "test:unit"]);

const [name = "", ...parameters] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (command && (parameters.length === 0 || takesParameters.has(name))) {
  try {
    const pnpm = await findPnpm();
    await install(pnpm);
    await build(pnpm);
    endLike(await command(pnpm, parameters));
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
 * Runs a program of a package by tsx, without the shell that a package script brings: that would die of a signal
 * alone, and the program would go on.
 */
function program(pnpm, name, file, parameters) {
  const folder = join(root, name);
  const tsx = createRequire(join(folder, "package.json")).resolve("tsx/cli");
  return run(process.execPath, [tsx, file, ...parameters], { cwd: folder, env: pnpm.env });
}

/**
 * Runs the task in every package that has it, and sums what the packages' jest runs wrote.
 * @param parameters Patterns of test files, and options of jest. Default: all tests.
 */
async function tests(pnpm, task, parameters, env = {}) {
  const patterns = parameters.filter((_, i) =>
    parameters.slice(0, i + 1).every((each) => !each.startsWith("-")),
  );
  const packages = (await packagesOf(pnpm)).filter(
    ({ scripts, path }) => scripts[task] && testFiles(path, patterns).length > 0,
  );
  clearResults(packages);
  const filters = packages.map(({ name }) => `--filter=${name}`);
  const options = [task, ...filters, "--continue", "--concurrency=2", "--output-logs=new-only"];
  const ended =
    packages.length === 0 ? { code: 1 } : await turbo(pnpm, [...options, "--", ...parameters], env);
  // An interrupted turbo ends by exit code 0. What has not run then has not failed.
  const signal = ended.signal ?? ended.received;
  if (signal) return { signal };
  const total = report(readResults(packages), ended.code, (line) => console.log(line));
  return { code: total.failed === 0 ? 0 : ended.code || 1 };
}

/** Runs tests with all servers. Without CI a missing server leaves out the tests that need it. */
async function withServers(work) {
  const { SERVERS, startServers } = await import("../internal/servers/dist/index.js");
  const log = (line) => console.error(line);
  const servers = await startServers(SERVERS, { log, allowMissing: !process.env.CI });
  return work(servers.env).finally(() => servers.stop());
}

/** turbo calls pnpm, which need not be installed: in this environment it finds the pinned one. */
function turbo(pnpm, parameters, env = {}) {
  return run(process.execPath, [pnpm.turbo, "run", ...parameters], {
    cwd: root,
    env: { ...pnpm.env, ...env },
  });
}
