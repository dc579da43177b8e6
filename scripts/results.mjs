import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * Deletes old results, so that they do not count for a run without results. Creates the folder, which jest does not do.
 */
export function clearResults(packages) {
  for (const { path } of packages) {
    rmSync(join(path, ".results"), { recursive: true, force: true });
    mkdirSync(join(path, ".results"));
  }
}

/** Reads the results of each package's jest run, as `{ name, passed, failed, skipped, notRun, problems }`. */
export function readResults(packages) {
  return packages.map(({ name, path }) => ({
    name,
    ...summarize(
      readJson(join(path, ".results", "jest.json")),
      readJson(join(path, ".results", "not-run.json")),
    ),
  }));
}

/**
 * Summarizes one run of jest. A run that is neither a failed test nor a success (no result, no tests, a file that did
 * not load) counts as one failure with an explanation.
 * @param notRun Test files that were not run because a server is missing: `{ server, reason, files }` each.
 */
export function summarize(result, notRun = []) {
  if (!result)
    return {
      passed: 0,
      failed: 1,
      skipped: [],
      notRun,
      problems: ["left no result: it did not run, or jest was interrupted"],
    };
  const passed = result.numPassedTests ?? 0;
  const problems = [];
  const broken = result.numRuntimeErrorTestSuites ?? 0;
  if (broken > 0) problems.push(`${count(broken, "test file")} did not load`);
  let failed = (result.numFailedTests ?? 0) + broken;
  if (passed + failed === 0 && notRun.length === 0) problems.push("ran no test");
  else if (failed === 0 && result.success !== true) problems.push("jest failed, though no test did");
  failed += failed === 0 && problems.length > 0 ? 1 : 0;
  return { passed, failed, skipped: skippedIn(result), notRun, problems };
}

/** Prints all results, with the total on the last line. `code` is the exit code of the runner. */
export function report(results, code, print) {
  print("");
  for (const { name, passed, failed, skipped, notRun, problems } of results) {
    const skips = skipped.length > 0 ? `, ${skipped.length} skipped` : "";
    const files = sum(notRun, ({ files }) => files.length);
    const left = files > 0 ? `, ${count(files, "test file")} not run` : "";
    print(`${name}: ${passed} passed, ${failed} failed${skips}${left}`);
    for (const problem of problems) print(`  ${problem}`);
    for (const test of skipped) print(`  skipped: ${test}`);
  }
  for (const [reason, files] of reasonsIn(results))
    print(`not run (${count(files, "test file")}): ${reason}`);
  const passed = sum(results, ({ passed }) => passed);
  let failed = sum(results, ({ failed }) => failed);
  if (results.length === 0) {
    print("no package has tests");
    failed += 1;
  } else if (failed === 0 && code !== 0) {
    print(`the run failed (exit code ${code}), though no test did: see above`);
    failed += 1;
  }
  print(`${passed} passed, ${failed} failed`);
  return { passed, failed };
}

function skippedIn(result) {
  return (result.testResults ?? []).flatMap((file) =>
    (file.assertionResults ?? [])
      .filter((test) => test.status !== "passed" && test.status !== "failed")
      .map((test) => `${test.fullName} (${test.status})`),
  );
}

/** Counts the test files that were not run, by reason. */
function reasonsIn(results) {
  const reasons = new Map();
  for (const { reason, files } of results.flatMap(({ notRun }) => notRun))
    reasons.set(reason, (reasons.get(reason) ?? 0) + files.length);
  return reasons;
}

const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

const sum = (items, numberOf) => items.reduce((total, item) => total + numberOf(item), 0);

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
