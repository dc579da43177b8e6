import { readFileSync } from "node:fs";
import { expect, it } from "@jest/globals";
import { EDITION, type JsonReport, toJson } from "../../src/conformance/index.js";
import { report } from "../../src/conformance/report.js";
import { everything } from "./report.js";

it("JSON has the suite, the level, the counts and every case", () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const parsed = JSON.parse(toJson(everything)) as JsonReport;
  expect({ ...parsed, cases: parsed.cases.slice(0, 2) }).toEqual({
    suite: { package: "@deepagents-remote/core", version, edition: EDITION },
    name: "A <b>| backend",
    levelResult: { level: "protocol", next: "faithful", obstacles: ["1 failed"] },
    counts: {
      passed: 1,
      failed: 1,
      warnings: 1,
      knownFailures: 1,
      notPromised: 1,
      notApplicable: 1,
      unavailable: 1,
      skipped: 1,
    },
    cases: [
      {
        id: "ls/good",
        rule: "The rule of ls/good.",
        level: "protocol",
        source: "tools",
        status: "passed",
        ms: 1.3,
      },
      {
        id: "own/<script>|#1",
        rule: "`a|b` and <b> stay | what *they* are.",
        level: "concurrent",
        source: "ours",
        status: "failed",
        reason: everything.failed[0]?.reason,
        ms: 30,
      },
    ],
  });
  expect(parsed.cases.map(({ status }) => status)).toEqual(everything.results.map(({ status }) => status));
});

it("JSON has null if no level was determined", () => {
  expect(JSON.parse(toJson(report("part", everything.passed)))).toMatchObject({ levelResult: null });
});
