import { readFileSync } from "node:fs";
import { allCases, CAPABILITIES } from "@deepagents-remote/core/conformance";
import { describe, expect, it } from "@jest/globals";
import type { Comparison } from "../src/data.js";
import { findings } from "../src/findings.js";
import { dataFile, page, pageFile } from "../src/page.js";
import { subjects } from "../src/subjects.js";

const text = readFileSync(dataFile, "utf8");
const data = JSON.parse(text) as Comparison;
const ids = allCases.map(({ id }) => id);

describe("the committed comparison; `npm run compare` regenerates it", () => {
  it("covers all cases of the suite", () => {
    expect(Object.keys(data.cases)).toEqual(ids);
  });

  it("covers all tested backends, third-party ones in the installed versions", () => {
    expect(Object.keys(data.backends)).toEqual(Object.keys(subjects));
    for (const [short, { name, version, ours }] of Object.entries(subjects)) {
      expect(data.backends[short]).toMatchObject(ours ? { name } : { name, version });
    }
    const capabilities = Object.keys(CAPABILITIES);
    for (const { promises } of Object.values(data.backends))
      expect(Object.keys(promises)).toEqual(capabilities);
  });

  it("matches its page", () => {
    expect(readFileSync(pageFile, "utf8")).toBe(page(data));
  });

  it("reveals nothing about the machine that generated it", () => {
    const telling = /127\.0\.0\.1|localhost|(?<!\w)\/(root|home|tmp|usr|Users)\//;
    for (const each of [text, page(data)]) expect(telling.exec(each)?.[0]).toBeUndefined();
  });

  it("finds no failure in our backends", () => {
    for (const [name, { ours }] of Object.entries(subjects)) {
      const failed = ids.filter((id) => ["failed", "at-times"].includes(data.cases[id]?.[name] ?? "passed"));
      if (ours) expect([name, failed]).toEqual([name, []]);
    }
  });
});

it("every defect is shown by cases of the suite that fail in the comparison", () => {
  const shown = findings.flatMap(({ backends, cases }) =>
    backends.flatMap((backend) =>
      cases.map((id) => [backend, id, data.backends[backend]?.trial[id] ?? data.cases[id]?.[backend]]),
    ),
  );
  expect(shown.filter(([, , status]) => status !== "failed")).toEqual([]);
});
