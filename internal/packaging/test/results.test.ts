import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { clearResults, readResults, report, summarize } from "../../../scripts/results.mjs";
import { temporaryFolder } from "./helpers/temporary.js";

type NotRun = { server: string; reason: string; files: string[] };

/** A result as `jest --json` writes it, as far as it is looked at. */
function result(numbers: object, tests: { status: string; fullName: string }[] = []) {
  return {
    success: true,
    numPassedTests: 0,
    numFailedTests: 0,
    numRuntimeErrorTestSuites: 0,
    testResults: [{ assertionResults: tests }],
    ...numbers,
  };
}

describe("one run of jest", () => {
  it("is counted as reported if nothing is unusual", () => {
    expect(summarize(result({ numPassedTests: 7 }))).toEqual({
      passed: 7,
      failed: 0,
      skipped: [],
      notRun: [],
      problems: [],
    });
    expect(summarize(result({ numPassedTests: 7, numFailedTests: 2, success: false }))).toMatchObject({
      passed: 7,
      failed: 2,
      problems: [],
    });
  });

  it("counts as failed if it left no result", () => {
    expect(summarize(undefined)).toMatchObject({ passed: 0, failed: 1 });
  });

  it("counts as failed if it ran no test, even if all were skipped", () => {
    expect(summarize(result({}))).toMatchObject({ failed: 1, problems: ["ran no test"] });
    expect(summarize(result({ numPendingTests: 3 }))).toMatchObject({ failed: 1, problems: ["ran no test"] });
  });

  it("counts a test file that did not load as failed", () => {
    const broken = result({ numPassedTests: 5, numRuntimeErrorTestSuites: 2, success: false });
    expect(summarize(broken)).toMatchObject({
      passed: 5,
      failed: 2,
      problems: ["2 test files did not load"],
    });
  });

  it("counts as failed if it failed without a failed test", () => {
    expect(summarize(result({ numPassedTests: 5, success: false }))).toMatchObject({
      failed: 1,
      problems: ["jest failed, though no test did"],
    });
  });

  it("may run no test if all its files need a missing server", () => {
    const notRun = [{ server: "minio", reason: "no MinIO", files: ["a.test.ts"] }];
    expect(summarize(result({ success: true }), notRun)).toMatchObject({ failed: 0, problems: [], notRun });
  });

  it("names the skipped tests", () => {
    const tests = [
      { status: "passed", fullName: "a" },
      { status: "pending", fullName: "b c" },
      { status: "todo", fullName: "d" },
    ];
    expect(summarize(result({ numPassedTests: 1 }, tests)).skipped).toEqual(["b c (pending)", "d (todo)"]);
  });
});

describe("the report", () => {
  function print(...parameters: [results: Parameters<typeof report>[0], code: number]) {
    const lines: string[] = [];
    const total = report(...parameters, (line: string) => lines.push(line));
    return { lines, total };
  }
  const good = {
    name: "good",
    passed: 3,
    failed: 0,
    skipped: [] as string[],
    notRun: [] as NotRun[],
    problems: [] as string[],
  };

  it("ends with the total of all packages, alone on the last line", () => {
    const other = { ...good, name: "other", passed: 4, failed: 1, skipped: ["x (todo)"], problems: ["odd"] };
    const { lines, total } = print([good, other], 1);
    expect(lines.at(-1)).toBe("7 passed, 1 failed");
    expect(lines).toEqual(
      expect.arrayContaining([
        "good: 3 passed, 0 failed",
        "other: 4 passed, 1 failed, 1 skipped",
        "  odd",
        "  skipped: x (todo)",
      ]),
    );
    expect(total).toEqual({ passed: 7, failed: 1 });
  });

  it("counts separately what was not run, with the reason", () => {
    const notRun = (files: string[]) => [{ server: "minio", reason: "no MinIO: install it", files }];
    const { lines, total } = print(
      [
        { ...good, notRun: notRun(["a", "b"]) },
        { ...good, name: "other", notRun: notRun(["c"]) },
      ],
      0,
    );
    expect(lines).toContain("good: 3 passed, 0 failed, 2 test files not run");
    expect(lines.slice(-2)).toEqual(["not run (3 test files): no MinIO: install it", "6 passed, 0 failed"]);
    expect(total).toEqual({ passed: 6, failed: 0 });
  });

  it("counts a run that failed without a failed test as one failed", () => {
    expect(print([good], 2).lines.slice(-2)).toEqual([
      "the run failed (exit code 2), though no test did: see above",
      "3 passed, 1 failed",
    ]);
  });

  it("does not pass without packages", () => {
    expect(print([], 0).lines.at(-1)).toBe("0 passed, 1 failed");
  });
});

it("results of an earlier run do not count", () => {
  const folder = temporaryFolder();
  const packages = [{ name: "one", path: folder.path }];
  mkdirSync(join(folder.path, ".results"));
  writeFileSync(join(folder.path, ".results", "jest.json"), JSON.stringify(result({ numPassedTests: 9 })));
  expect(readResults(packages)).toMatchObject([{ name: "one", passed: 9, failed: 0 }]);
  clearResults(packages);
  expect(existsSync(join(folder.path, ".results"))).toBe(true);
  expect(readResults(packages)).toMatchObject([{ name: "one", passed: 0, failed: 1 }]);
  writeFileSync(join(folder.path, ".results", "jest.json"), '{"numPassed');
  expect(readResults(packages)).toMatchObject([{ failed: 1 }]);
  folder.remove();
});
