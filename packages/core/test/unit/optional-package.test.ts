import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { loadOptional } from "../../src/conformance/optional-package.js";

it("loads an installed package, and an entry point of one", async () => {
  expect(await loadOptional("deepagents")).toHaveProperty("createDeepAgent");
  expect(await loadOptional("@langchain/core/messages")).toHaveProperty("AIMessage");
});

it.each([
  ["no-such-package", "no-such-package is not installed"],
  ["@no-such/package", "@no-such/package is not installed"],
])("reports that %s is not installed", async (name, reason) => {
  await expect(loadOptional(name)).rejects.toMatchObject({ untried: { status: "unavailable", reason } });
});

it("loads a package of the working directory's project, for a suite that npx installed elsewhere", async () => {
  const [before, project] = [process.cwd(), mkdtempSync(join(tmpdir(), "optional-"))];
  const own = join(project, "node_modules/only-theirs");
  mkdirSync(own, { recursive: true });
  writeFileSync(
    join(own, "package.json"),
    '{ "name": "only-theirs", "type": "module", "exports": "./index.js" }',
  );
  writeFileSync(join(own, "index.js"), "export const theirs = true;");
  try {
    process.chdir(project);
    expect(await loadOptional("only-theirs")).toMatchObject({ theirs: true });
  } finally {
    process.chdir(before);
    rmSync(project, { recursive: true });
  }
});

it("reports why an installed package cannot be loaded", async () => {
  await expect(loadOptional("data:text/javascript,throw new Error('too old')")).rejects.toMatchObject({
    untried: { status: "unavailable", reason: "data:text cannot be loaded: too old" },
  });
});
