import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { BROKEN_RULE, NOT_TRIED, writeBackends, writeTest } from "./helpers/conformance.js";
import { pack } from "./helpers/pack.js";
import { publishedPackages } from "./helpers/packages.js";
import { exportedNames, installInto } from "./helpers/project.js";
import { end } from "./helpers/run.js";
import { temporaryFolder } from "./helpers/temporary.js";

const folder = temporaryFolder();
const withJest = join(folder.path, "with-jest");
const withVitest = join(folder.path, "with-vitest");
afterAll(() => folder.remove());

beforeAll(async () => {
  const core = publishedPackages().find(({ manifest }) => manifest.name === "@deepagents-remote/core")!;
  const { path } = await pack(core, folder.path);
  await Promise.all([
    installInto(withJest, [path, "jest@30"]),
    installInto(withVitest, [path, "vitest@~4.1.0"]),
  ]);
});

const node = (parameters: readonly string[], cwd: string, env?: Record<string, string>) =>
  end(process.execPath, parameters, cwd, env);

describe("jest", () => {
  beforeAll(() => {
    writeFileSync(join(withJest, "jest.config.cjs"), "module.exports = { transform: {} };\n");
    for (const kind of ["mjs", "cjs"]) {
      writeTest(withJest, `good.test.${kind}`, "jest", "good");
      writeTest(withJest, `broken.test.${kind}`, "jest", "broken");
    }
  });

  it.each([
    ["ES modules", "mjs", "--experimental-vm-modules"],
    ["CommonJS", "cjs", ""],
  ])("runs the suite as %s", async (_, kind, options) => {
    const jest = (name: string) =>
      node(["node_modules/jest/bin/jest.js", "--ci", `${name}.test.${kind}`], withJest, {
        NODE_OPTIONS: options,
      });
    const good = await jest("good");
    expect(good).toMatchObject({ code: 0, stderr: expect.stringMatching(/Tests: +\d\d passed/) });
    expect(good.stdout).toContain(`\n  ${NOT_TRIED}: path-conflicts/allowed/`);
    expect(await jest("broken")).toMatchObject({ code: 1, stderr: expect.stringContaining(BROKEN_RULE) });
  });
});

describe("node:test", () => {
  it.each(["mjs", "cjs"])("runs the suite from .%s", async (kind) => {
    writeTest(withJest, `good.node.${kind}`, "node", "good");
    writeTest(withJest, `broken.node.${kind}`, "node", "broken");
    const test = (name: string) =>
      node(["--test", "--test-reporter=tap", `${name}.node.${kind}`], withJest, { NODE_OPTIONS: "" });
    const good = await test("good");
    expect(good).toMatchObject({ code: 0, stdout: expect.stringMatching(/\n# pass \d\d\n# fail 0\n/) });
    expect(good.stdout).toContain(`# SKIP ${NOT_TRIED}\n`);
    expect(await test("broken")).toMatchObject({ code: 1, stdout: expect.stringContaining(BROKEN_RULE) });
  });
});

describe("vitest", () => {
  const entry = "@deepagents-remote/core/conformance/vitest";

  it("runs the suite", async () => {
    writeTest(withVitest, "good.test.mjs", "vitest", "good");
    writeTest(withVitest, "broken.test.mjs", "vitest", "broken");
    const vitest = (name: string) =>
      node(["node_modules/vitest/vitest.mjs", "run", "--reporter=tap-flat", name], withVitest, {
        NODE_OPTIONS: "",
        NO_COLOR: "1",
      });
    const good = await vitest("good");
    expect(good).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1\.\.\d\d$/m) });
    expect(good.stdout).toContain(" # SKIP");
    expect(good.stdout).toContain(NOT_TRIED);
    expect(await vitest("broken")).toMatchObject({ code: 1, stdout: expect.stringContaining(BROKEN_RULE) });
  });

  it("is loaded only through its own entry point", async () => {
    expect(await exportedNames(withVitest, entry, "import")).toEqual([
      "defineBackendTests",
      "defineStoreTests",
    ]);
    expect(existsSync(join(withJest, "node_modules", "vitest"))).toBe(false);
    await expect(exportedNames(withJest, entry, "import")).rejects.toThrow("Cannot find package 'vitest'");
  });
});

describe("the command line", () => {
  beforeAll(() => writeBackends(withJest));

  const npx = (line: string) =>
    end(
      process.platform === "win32" ? "npx.cmd" : "npx",
      ["--no-install", "deepagents-remote", ...line.split(" ")],
      withJest,
      { NODE_OPTIONS: "" },
    );

  it("passes a good backend, and writes reports", async () => {
    expect(await npx("conformance ./good.mjs --report good.html --report good.md")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/\ngood: [1-9]\d\d passed, 0 failed.*\n {2}level: /),
    });
    expect(readFileSync(join(withJest, "good.html"), "utf8")).toMatch(/^<!doctype html>/);
    expect(readFileSync(join(withJest, "good.md"), "utf8")).toMatch(/^# Conformance of good\n/);
  });

  it("fails a broken one, with the rule", async () => {
    expect(await npx("conformance ./broken.mjs --filter edit/literal")).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(BROKEN_RULE),
    });
  });

  it("reserves standard output for the requested document", async () => {
    const { code, stdout, stderr } = await npx("conformance ./good.mjs --filter edit/ --json");
    expect([code, JSON.parse(stdout).counts.failed]).toEqual([0, 0]);
    expect(stderr).toContain("a backend that talks");
  });

  it("has its own exit code for wrong usage", async () => {
    expect(await npx("conformance ./nothing.mjs")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("There is no file "),
    });
  });

  it("summarizes the cases that ran before Ctrl-C", async () => {
    const cli = join("node_modules", "@deepagents-remote", "core", "dist", "cli.js");
    const parameters = [cli, "conformance", "./waits.mjs", "--filter", "edit/"];
    const ended = await new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
      const child = execFile(process.execPath, parameters, { cwd: withJest }, (error, stdout, stderr) =>
        resolve({ code: error?.code, stdout, stderr }),
      );
      child.stdout?.on("data", (text: string) => {
        if (text.includes("that of the third case is made")) child.kill("SIGINT");
      });
    });
    expect(ended).toMatchObject({
      code: 130,
      stdout: expect.stringMatching(/\nwaits: 3 passed, 0 failed\n$/),
      stderr: expect.stringMatching(/Interrupted after 3 of \d+ cases\.\n$/),
    });
  });
});
