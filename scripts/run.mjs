#!/usr/bin/env node
/** What the root's `npm start`, `npm test`, `npm run db` and so on do, from a fresh clone on. */

import { createRequire } from "node:module";
import { join } from "node:path";
import { findPnpm, root } from "./pnpm.mjs";
import { endLike, run } from "./process.mjs";
import { clearResults, readResults, report } from "./results.mjs";
import { build, install, packagesOf } from "./workspace.mjs";

const commands = {
  start: (pnpm, parameters) => program(pnpm, "examples", "start/main.ts", parameters),
  db: (pnpm, parameters) => program(pnpm, "examples", "start/db.ts", parameters),
  example: (pnpm, parameters) => program(pnpm, "examples", "run.ts", parameters),
  bench: (pnpm) => program(pnpm, "benchmarks", "src/main.ts", []),
  compare: (pnpm) => program(pnpm, "internal/peers", "src/compare.ts", []),
  docs: (pnpm) => program(pnpm, "internal/docs", "src/main.ts", []),
  test: (pnpm) => tests(pnpm, "test", ["internal/servers/bin/with-servers.mjs", "--", process.execPath]),
  "test:unit": (pnpm) => tests(pnpm, "test:unit", []),
  build: async () => ({ code: 0 }),
  typecheck: (pnpm) => turbo(pnpm, ["typecheck", "--continue", "--output-logs=errors-only"]),
};

/** The rest is about all packages; one alone is a matter for pnpm (see CONTRIBUTING.md). */
const takesParameters = new Set(["start", "db", "example"]);

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

/** Runs the task in every package that has it, and sums what the packages' jest runs wrote. */
async function tests(pnpm, task, launcher) {
  const packages = (await packagesOf(pnpm)).filter((each) => each.scripts[task]);
  clearResults(packages);
  // A result out of a cache proves nothing about the machine that CI runs on.
  const force = process.env.CI ? ["--force"] : [];
  const parameters = [task, "--continue", "--concurrency=2", "--output-logs=new-only", ...force];
  const ended = await turbo(pnpm, parameters, launcher);
  // An interrupted turbo ends by exit code 0. What has not run then has not failed.
  const signal = ended.signal ?? ended.received;
  if (signal) return { signal };
  const total = report(readResults(packages), ended.code, (line) => console.log(line));
  return { code: total.failed === 0 ? 0 : ended.code || 1 };
}

/** turbo calls pnpm, which need not be installed: in this environment it finds the pinned one. */
function turbo(pnpm, parameters, launcher = []) {
  const whole = [...launcher, pnpm.turbo, "run", ...parameters];
  return run(process.execPath, whole, { cwd: root, env: pnpm.env });
}
