import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Old results must not be counted for a run that wrote none. jest does not make the folder. */
export function clearResults(packages) {
  for (const { path } of packages) {
    rmSync(join(path, ".results"), { recursive: true, force: true });
    mkdirSync(join(path, ".results"));
  }
}

/** What each package's jest run wrote, as `{ name, passed, failed, skipped, problems }`. */
export function readResults(packages) {
  return packages.map(({ name, path }) => ({
    name,
    ...summarize(readJson(join(path, ".results", "jest.json"))),
  }));
}

/**
 * One run of jest in numbers. What jest does not count as a failed test but what is no success either (no
 * result, no test, a file that did not load) counts as one failed, with a sentence that says so.
 */
export function summarize(result) {
  if (!result)
    return {
      passed: 0,
      failed: 1,
      skipped: [],
      problems: ["left no result: it did not run, or jest broke off"],
    };
  const passed = result.numPassedTests ?? 0;
  const problems = [];
  const broken = result.numRuntimeErrorTestSuites ?? 0;
  if (broken > 0) problems.push(`${broken} test file${broken === 1 ? "" : "s"} did not load`);
  let failed = (result.numFailedTests ?? 0) + broken;
  if (passed + failed === 0) problems.push("ran no test");
  else if (failed === 0 && result.success !== true) problems.push("jest failed, though no test did");
  failed += failed === 0 && problems.length > 0 ? 1 : 0;
  return { passed, failed, skipped: skippedIn(result), problems };
}

/** Prints it all, the total alone on the last line. `code` is how the runner of all packages ended. */
export function report(results, code, print) {
  print("");
  for (const { name, passed, failed, skipped, problems } of results) {
    print(
      `${name}: ${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`,
    );
    for (const problem of problems) print(`  ${problem}`);
    for (const test of skipped) print(`  skipped: ${test}`);
  }
  const passed = sum(results, "passed");
  let failed = sum(results, "failed");
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

function sum(results, key) {
  return results.reduce((total, each) => total + each[key], 0);
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
