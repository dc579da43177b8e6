import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { allCases, type JsonReport } from "../../src/conformance/index.js";
import { command } from "./io.js";

const folder = mkdtempSync(join(tmpdir(), "cli-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (line: string, how?: Parameters<typeof command>[1]) =>
  command(["conformance", ...line.split(" ").filter(Boolean)], how);

describe("the exit code", () => {
  it("is 0 when all passed, with the summary alone", async () => {
    expect(await run("good.mjs --filter edit/literal")).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^good: \d+ passed, 0 failed\n$/),
      stderr: "",
      claimed: false,
    });
  });

  it("is 1 when a case failed, with the failure in full", async () => {
    const { code, stdout, stderr } = await run("wrong.mjs --filter edit/literal");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^edit\/literal\/new-ampersand\n {2}rule {6}`\$&` in the new text is text/);
    expect(stdout).toMatch(/\n\nReadsDollars: \d+ passed, \d+ failed\n$/);
    expect(stderr).toBe("");
  });

  it("is 1 when a known failure passes", async () => {
    const { code, stdout } = await run("stale.mjs --filter edit/literal");
    expect(code).toBe(1);
    expect(stdout).toContain("known to fail, but it passes");
  });

  it("is 1 when no case was tried, with the reason", async () => {
    expect(await run("stale.mjs --filter path-conflicts/")).toMatchObject({
      code: 1,
      stdout: "",
      stderr: "No conformance case was tried on stale: of no use here.\n",
    });
  });

  it.each([
    ["conformance", /^The module is missing\.\n\nUsage: /],
    ["conformance nothing.mjs", /^There is no file .*nothing\.mjs\.\n/],
    ["conformance by-default.cjs", /^Unknown capability atomc\. Known are: .*atomic/],
    ["conformance good.mjs --filter nothing/", /^There is no conformance case for the filter nothing\//],
    ["conformance good.mjs --edition 99.0", /^This version of the suite has no edition 99\.0/],
    ["conformance --list --filter nothing/", /^There is no conformance case for the filter nothing\//],
  ])("of %j is 2, with only a reason", async (line, reason) => {
    expect(await command(line.split(" "))).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(reason),
    });
  });

  it("is 2 if a report cannot be written", async () => {
    const { code, stderr } = await run("good.mjs --filter ls/ --report good.mjs/a.md");
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^The report good\.mjs\/a\.md cannot be /)]);
  });

  it("is 130 after an interruption, with a summary of the cases that ran, and no document", async () => {
    const interruptAt = "edit/literal/new-dollar";
    const cut = await run(`wrong.mjs --filter edit/literal --report ${folder}/cut.md`, { interruptAt });
    expect(cut).toMatchObject({ code: 130, stderr: expect.stringMatching(/^Interrupted after 3 of \d+ /) });
    expect(cut.stdout).toContain("ReadsDollars: 1 passed, 2 failed\n");
    expect(existsSync(join(folder, "cut.md"))).toBe(false);
    const json = await run("wrong.mjs --filter edit/literal --json", { interruptAt });
    expect([json.code, json.stdout]).toEqual([130, ""]);
    const tap = await run("wrong.mjs --filter edit/literal --tap", { interruptAt });
    expect(tap.stdout).toMatch(/\n# ReadsDollars: 1 passed, 2 failed\nBail out! Interrupted\n$/);
  });
});

describe("standard output", () => {
  it("has one JSON document with --json, and everything else goes elsewhere", async () => {
    const { code, stdout, stderr, claimed } = await run("wrong.mjs --filter edit/literal --json");
    const { name, counts, cases } = JSON.parse(stdout) as JsonReport;
    expect([code, claimed, name]).toEqual([1, true, "ReadsDollars"]);
    expect(counts.failed + counts.passed).toBe(cases.length);
    expect(stderr).toContain("\n\nReadsDollars: ");
    expect(stderr).toContain("in the new text is text");
  });

  it("has TAP with --tap, one test point as each case ends", async () => {
    const { code, stdout, stderr, claimed } = await run(
      "stale.mjs --filter path-conflicts/ --filter ls/file --tap",
    );
    expect([code, claimed, stderr]).toEqual([0, true, ""]);
    const lines = stdout.split("\n");
    expect(lines.slice(0, 3)).toEqual([
      "TAP version 14",
      expect.stringMatching(/^1\.\.\d+$/),
      "ok 1 - ls/file/entry",
    ]);
    expect(lines).toContainEqual(
      expect.stringMatching(/^ok \d+ - path-conflicts\/.* # SKIP of no use here$/),
    );
    expect(stdout).toMatch(/\n# stale: \d+ passed, 0 failed, \d+ skipped\n# {3}of no use here: .*\n$/);
  });

  it("has the list, as text and as JSON", async () => {
    const text = await run("--list --filter shape/");
    expect(text).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^id +level +source/) });
    const json = await run("--list --json");
    expect(JSON.parse(json.stdout)).toHaveLength(allCases.length);
  });

  it("has the version, and the usage", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(await command(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n` });
    expect(await command(["--help"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Usage: .*--report <file>.*Exit code:/s),
    });
  });
});

it("flags override the module's options", async () => {
  expect(await run("particular.mjs")).toMatchObject({ code: 2, stderr: expect.stringContaining("99.0") });
  const tried = async (line: string) => (await run(`particular.mjs --edition 0.1 --tap ${line}`)).stdout;
  expect(await tried("")).toMatch(/\n1\.\.(\d+)\n(ok \d+ - ls\/file\/\S+\n)+# /);
  expect(await tried("--filter edit/answer/")).toMatch(/\n1\.\.(\d+)\n(ok \d+ - edit\/answer\/\S+\n)+# /);
  expect(await tried("--level protocol --filter ls/order")).toBe("");
});

it("a terminal shows the running case on one line", async () => {
  const { stderr } = await run("good.mjs --filter edit/literal", { columns: 30 });
  const shown = stderr.split("\r\u001b[K").filter(Boolean);
  expect(shown[0]).toMatch(/^1\/\d+ edit\/literal\/new-amp/);
  expect(shown).toHaveLength(Number(/^1\/(\d+)/.exec(shown[0]!)![1]));
  expect(Math.max(...shown.map((line) => line.length))).toBeLessThan(30);
  expect(stderr.endsWith("\r\u001b[K")).toBe(true);
});

it("reports are written to the given paths, in the format of their extension", async () => {
  const names = ["a.html", "deep/b.md", "c.json"];
  const flags = names.map((name) => `--report ${join(folder, name)}`).join(" ");
  const { code } = await run(`wrong.mjs --filter edit/literal/new-dollar ${flags}`);
  expect(code).toBe(1);
  const [html, markdown, json] = names.map((name) => readFileSync(join(folder, name), "utf8"));
  expect(html).toContain("<h1>Conformance of ReadsDollars</h1>");
  expect(markdown).toContain("# Conformance of ReadsDollars\n");
  expect((JSON.parse(json!) as JsonReport).cases).toHaveLength(1);
});
