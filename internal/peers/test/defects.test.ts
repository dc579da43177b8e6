import { beforeAll, describe, expect, it } from "@jest/globals";
import { findings } from "../src/findings.js";
import type { CaseOutcome } from "../src/outcome.js";
import { runSubject } from "../src/run-subject.js";

const OURS = ["memory", "s3", "postgres"];

const rows = findings.flatMap(({ backends, cases, what }) =>
  backends.flatMap((backend) => cases.map((id): [string, string, string] => [backend, id, what])),
);
const ids = [...new Set(rows.map(([, id]) => id))];

/** By short name of the backend, then by id. */
const outcomes = new Map<string, Record<string, CaseOutcome>>();

beforeAll(async () => {
  // The slow ones first, two at a time.
  const left = [...new Set(rows.map(([backend]) => backend)), ...OURS].reverse();
  const work = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const known = new Set(rows.filter(([backend]) => backend === name).map(([, id]) => id));
      const run = { subject: name, cases: OURS.includes(name) ? ids : [...known], scale: 0.3 };
      const { cases, trial } = await runSubject(run);
      outcomes.set(name, { ...cases, ...trial });
    }
  };
  await Promise.all([work(), work()]);
});

describe("a known defect is found by the suite", () => {
  it.each(rows)("%s: %s (%s)", (backend, id) => {
    expect(outcomes.get(backend)?.[id]).toMatchObject({ status: "failed" });
  });
});

describe.each(OURS)("%s", (backend) => {
  it("has none of them", () => {
    const tried = Object.entries(outcomes.get(backend) ?? {});
    expect(tried.map(([id]) => id).sort()).toEqual([...ids].sort());
    expect(tried.filter(([, { status }]) => status === "failed")).toEqual([]);
    expect(tried.filter(([, { status }]) => status === "passed").length).toBeGreaterThan(ids.length * 0.8);
  });
});
