import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "@jest/globals";
import { load } from "../../src/cli/load.js";
import { FIXTURES } from "./io.js";

const folder = mkdtempSync(join(tmpdir(), "cli-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let written = 0;

/** Loads a module with this text. */
function loadText(text: string) {
  const name = `module-${written++}.mjs`;
  writeFileSync(join(folder, name), text);
  return load(name, folder);
}

describe("a module", () => {
  it("exports options, by name", async () => {
    const options = await load("./wrong.mjs", FIXTURES);
    expect(options).toEqual({
      name: "ReadsDollars",
      create: expect.any(Function),
      capabilities: { ownRoot: true },
      timeoutMs: 1_000,
      model: { runs: 3, seed: 1 },
      module: pathToFileURL(join(FIXTURES, "wrong.mjs")),
    });
  });

  it("is named after its file by default", async () => {
    expect(await load("good.mjs", FIXTURES)).toMatchObject({ name: "good" });
  });

  it("may be a file: URL", async () => {
    const url = pathToFileURL(join(FIXTURES, "good.mjs"));
    expect(await load(url.href, folder)).toMatchObject({ name: "good", module: url });
  });

  it("may export them as its default, also if it was compiled to CommonJS", async () => {
    expect(await loadText('export default { name: "D", create() {} };')).toMatchObject({ name: "D" });
    expect(await load("by-default.cjs", FIXTURES)).toMatchObject({ name: "By default" });
  });

  it("may export other classes and functions, which are ignored", async () => {
    const options = await loadText(
      "export const create = () => {}, print = () => {}; export class Own {} export const scale = undefined;",
    );
    expect(Object.keys(options).sort()).toEqual(["create", "module", "name"]);
  });

  it("with a misspelled option is refused: it would silently have no effect", async () => {
    await expect(loadText("export const create = () => {}; export const capabilites = {};")).rejects.toThrow(
      /exports `capabilites`, which is no option. Options are create, name, capabilities,/,
    );
  });

  it.each([
    ["nothing", "export const made = 1;", "must export `create`"],
    ["a default that is the function", "export default () => {};", "must export `create`"],
    ["a backend", "export const create = {};", "The export `create` of module-"],
    ["a name", "export const create = () => {}; export const name = 1;", "`name` of module-"],
    ["capabilities", "export const create = () => {}; export const capabilities = [];", "{ ownRoot: true }"],
    ["skips", "export const create = () => {}; export const skip = ['edit/'];", "case ids and reasons"],
    [
      "known failures",
      "export const create = () => {}; export const knownFailures = { a: 1 };",
      "`knownFailures`",
    ],
    ["a choice", "export const create = () => {}; export const only = 'edit/';", "an array of case ids"],
    ["a limit", "export const create = () => {}; export const timeoutMs = '1';", "a number of milliseconds"],
  ])("with %s of the wrong kind is refused, with an example", async (_, text, message) => {
    await expect(loadText(text)).rejects.toThrow(message);
    await expect(loadText(text)).rejects.toThrow(/A module looks like this:\n(.+\n){4}.+$/);
  });

  it("that does not exist is refused", async () => {
    await expect(load("nothing.mjs", folder)).rejects.toThrow(
      `There is no file ${join(folder, "nothing.mjs")}.`,
    );
    await expect(load("file://elsewhere/x.mjs", folder)).rejects.toThrow("is no URL of a file");
  });

  it("that fails to load is refused with its own error", async () => {
    await expect(loadText('throw new Error("no such server");')).rejects.toThrow(
      /module-\d+\.mjs cannot be loaded: Error: no such server\n/,
    );
    await expect(loadText('import "not-installed-anywhere";')).rejects.toThrow("not-installed-anywhere");
  });
});
