import { describe, expect, it } from "@jest/globals";
import { MemoryBackend } from "../src/backend/memory-backend.js";
import { assessLevel } from "../src/conformance/assess-level.js";
import { isNewerThan } from "../src/conformance/editions.js";
import {
  allCases,
  type CaseResult,
  type ConformanceCase,
  type ConformanceOptions,
  causeOf,
  EDITION,
  FAMILIES,
  levelOf,
  runConformance,
  summary,
} from "../src/conformance/index.js";
import { levelsUpTo } from "../src/conformance/levels.js";
import { NotTried } from "../src/conformance/not-tried.js";

const passing: ConformanceCase = {
  id: "ls/passing",
  rule: "It passes.",
  source: "deepagents",
  run: async () => {},
};
const failing: ConformanceCase = {
  ...passing,
  id: "ls/failing",
  run: async (t) => t.holds("/missing.txt", "x"),
};

const run = (cases: readonly ConformanceCase[], more: Partial<ConformanceOptions> = {}) =>
  runConformance({ name: "memory", create: () => new MemoryBackend(), cases, ...more });

describe("a known failure", () => {
  it("does not count, and is reported with its reason", async () => {
    const report = await run([passing, failing], { knownFailures: { "ls/failing": "not yet" } });
    expect([report.passed.length, report.failed.length, report.knownFailures.length]).toEqual([1, 0, 1]);
    expect(summary(report)).toBe("memory: 1 passed, 0 failed, 1 known to fail\n  not yet: ls/failing");
  });

  it("that passes fails", async () => {
    const report = await run([passing], { knownFailures: { "ls/passing": "not yet" } });
    expect(report.failed[0]?.reason).toContain("it passes: take it out of knownFailures");
  });

  it("that is not tried fails", async () => {
    const needing: ConformanceCase = { ...failing, id: "ls/needing", needs: "ownRoot" };
    const report = await run([passing, needing], { knownFailures: { "ls/needing": "not yet" } });
    expect(report.failed[0]?.reason).toContain("not tried (ownRoot not promised)");
  });

  it.each(["ls/nothing", "ls/"])("that names no case is refused: %s", async (id) => {
    await expect(run([passing], { knownFailures: { [id]: "why" } })).rejects.toThrow(
      `There is no conformance case ${id}.`,
    );
  });
});

describe("an edition", () => {
  const later: ConformanceCase = { ...failing, id: "ls/later", since: "0.10" };

  it("turns failures of newer cases into warnings", async () => {
    const report = await run([passing, failing, later], { edition: EDITION });
    expect(report.failed.map((result) => result.case.id)).toEqual(["ls/failing"]);
    expect(report.warnings.map((result) => result.case.id)).toEqual(["ls/later"]);
    expect(summary(report)).toContain("newer than the edition asked for: ls/later\n  rule");
  });

  it("is the newest unless one is given", async () => {
    expect((await run([passing, later])).failed).toHaveLength(1);
  });

  it.each(["0.0", "99.0", "1", "latest", ""])("%j is refused if there is none", async (edition) => {
    await expect(run([passing], { edition })).rejects.toThrow(
      `This version of the suite has no edition ${edition}`,
    );
  });

  it("that is the newest has all cases", () => {
    const newer = allCases.filter(({ since }) => isNewerThan(EDITION, since));
    expect(newer.map(({ id }) => id)).toEqual([]);
  });
});

describe("levels", () => {
  const result = (one: Partial<ConformanceCase>, status: CaseResult["status"], missing: string[] = []) =>
    ({ case: { ...passing, ...one }, status, missing }) satisfies CaseResult;

  it("follow from what a case needs", () => {
    expect(levelOf(passing)).toBe("protocol");
    expect(levelOf({ needs: "createOnly" })).toBe("protocol");
    expect(levelOf({ needs: ["transfer", "exactText"] })).toBe("faithful");
    expect(levelOf({ needs: ["atomic", "transfer"] })).toBe("concurrent");
    expect(levelsUpTo("faithful")).toEqual(["protocol", "faithful"]);
  });

  it("end below the first one with an obstacle", () => {
    const bytes = { needs: "byteFidelity" } as const;
    const races = { needs: "atomic" } as const;
    expect(assessLevel([result({}, "passed"), result(bytes, "passed"), result(races, "failed")])).toEqual({
      level: "faithful",
      next: "concurrent",
      obstacles: ["1 failed"],
    });
    expect(assessLevel([result({}, "passed"), result(bytes, "not-promised", ["byteFidelity"])])).toEqual({
      level: "protocol",
      next: "faithful",
      obstacles: ["byteFidelity not promised"],
    });
    expect(assessLevel([result({}, "known-failure"), result({}, "skipped")])).toEqual({
      level: undefined,
      next: "protocol",
      obstacles: ["1 known to fail", "1 skipped"],
    });
  });

  it("are not affected by free choices", () => {
    const choice = result({ needs: "createOnly" }, "not-promised", ["createOnly"]);
    expect(assessLevel([choice, result({ unless: "createOnly" }, "not-applicable")])).toEqual({
      level: "production",
      obstacles: [],
    });
  });

  it("are reported only for the whole suite", async () => {
    expect((await run([passing])).levelResult).toBeUndefined();
    const whole = await runConformance({
      name: "memory",
      create: () => new MemoryBackend(),
      scale: 0.1,
      timeoutMs: 600_000,
    });
    expect(whole.levelResult).toMatchObject({ level: "concurrent", next: "production" });
    expect(summary(whole)).toContain("\n  level: concurrent; production needs more: ");
    const part = await runConformance({
      name: "memory",
      create: () => new MemoryBackend(),
      timeoutMs: 600_000,
      only: ["ls/"],
    });
    expect(part.levelResult).toBeUndefined();
  });
});

it("a case that needs a missing package is reported, and proves nothing", async () => {
  const reason = "fast-check is not installed";
  const lacking: ConformanceCase = {
    ...passing,
    id: "ls/lacking",
    run: () => Promise.reject(new NotTried({ status: "unavailable", reason })),
  };
  const report = await run([passing, lacking]);
  expect(summary(report)).toBe(`memory: 1 passed, 0 failed, 1 unavailable\n  ${reason}: ls/lacking`);
  await expect(run([lacking])).rejects.toThrow("No conformance case was tried");
});

it("a summary lists a few untried cases of a family and counts many", async () => {
  const many = ["a", "b", "c", "d"].map(
    (point): ConformanceCase => ({ ...passing, id: `edit/${point}`, needs: "ownRoot" }),
  );
  const few: ConformanceCase = { ...passing, id: "grep/a", needs: "ownRoot" };
  expect(summary(await run([passing, ...many, few]))).toBe(
    "memory: 1 passed, 0 failed, 5 not promised\n  ownRoot not promised: 4 of edit/, grep/a",
  );
});

describe("every case", () => {
  it("belongs to a family with a description and the usual cause of a failure", () => {
    const families = new Set(allCases.map(({ id }) => id.split("/")[0]!));
    expect([...families].sort()).toEqual(Object.keys(FAMILIES).sort());
    for (const one of allCases) expect(causeOf(one)).toMatch(/^[^a-z].*\.$/s);
  });

  it("has a topic if its family gives causes by topic", () => {
    const topics = new Set(allCases.map(({ id }) => id.split("/").slice(0, 2).join("/")));
    const causes = Object.entries(FAMILIES).flatMap(([name, family]) =>
      Object.keys(family.topics ?? {}).map((topic) => `${name}/${topic}`),
    );
    expect(causes.filter((topic) => !topics.has(topic))).toEqual([]);
  });

  it("with a rule of our own needs a promise, so that no other backend fails it", () => {
    const bare = allCases.filter(({ source, needs, unless }) => source === "ours" && !needs && !unless);
    expect(bare.map(({ id }) => id)).toEqual([]);
  });
});
