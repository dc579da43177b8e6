import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { pack, type Tarball } from "./helpers/pack.js";
import { publishedPackages } from "./helpers/packages.js";
import { run } from "./helpers/run.js";
import { temporaryFolder } from "./helpers/temporary.js";

/** What each package may need at run time, at most. More than that is a decision, to be made here. */
const DEPENDENCIES: Record<string, string[]> = {
  "@deepagents-remote/core": ["picomatch"],
  "@deepagents-remote/backend-postgres": ["@deepagents-remote/core", "postgres"],
  "@deepagents-remote/backend-s3": ["@aws-sdk/client-s3", "@deepagents-remote/core"],
};

const published = publishedPackages();
const folder = temporaryFolder();
afterAll(() => folder.remove());

it("there is something to publish", () => {
  expect(published.map(({ manifest }) => manifest.name)).toContain("@deepagents-remote/core");
});

describe.each(published.map((each) => [each.manifest.name, each] as const))("%s", (name, each) => {
  let tarball: Tarball;
  let packed: typeof each.manifest;
  beforeAll(async () => {
    tarball = await pack(each, folder.path);
    packed = JSON.parse(await run("tar", ["-xzOf", tarball.path, "package/package.json"], folder.path));
  });

  it("has a version, a licence, and says which Node it needs and that it has no side effects", () => {
    expect(packed).toMatchObject({ license: "MIT", engines: { node: ">=20" }, sideEffects: false });
    expect(packed.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(packed.version).not.toBe("0.0.0");
  });

  it("brings licence, readme, and what was built with its source maps and sources", () => {
    expect(tarball.files).toEqual(
      expect.arrayContaining(["LICENSE", "README.md", "package.json", "src/index.ts"]),
    );
    for (const file of builtFiles(packed.exports)) {
      expect(tarball.files).toContain(file);
      if (!/\.d\.c?ts$/.test(file)) expect(tarball.files).toContain(`${file}.map`);
    }
  });

  it("brings no tests and nothing else that only this repository needs", () => {
    const allowed =
      /^(dist\/.+\.(js|cjs|map|d\.ts|d\.cts)|src\/.+\.ts|package\.json|LICENSE|(README|CHANGELOG)\.md)$/;
    expect(tarball.files.filter((file) => !allowed.test(file))).toEqual([]);
    expect(tarball.files.filter((file) => /\.(test|spec)\./.test(file))).toEqual([]);
  });

  it("has the licence of the repository", () => {
    const ours = readFileSync(new URL("../../../LICENSE", import.meta.url), "utf8");
    expect(readFileSync(join(each.folder, "LICENSE"), "utf8")).toBe(ours);
  });

  it("depends on what it may, by versions that npm understands", () => {
    const dependencies = packed.dependencies ?? {};
    expect(Object.keys(dependencies).filter((each) => !DEPENDENCIES[name]?.includes(each))).toEqual([]);
    for (const range of Object.values(dependencies)) expect(range).toMatch(/^[\^~]?\d+\.\d+\.\d+$/);
    for (const peer of Object.values(packed.peerDependenciesMeta ?? {})) expect(peer.optional).toBe(true);
  });

  it("pleases publint", async () => {
    const data = readFileSync(tarball.path);
    const { messages, pkg } = await publint({
      pack: { tarball: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer },
    });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it("has types that are right for import and for require", async () => {
    const result = await checkPackage(
      createPackageFromTarballData(new Uint8Array(readFileSync(tarball.path))),
    );
    if (!("problems" in result)) throw new Error("it has no types");
    expect(result.problems.filter((problem) => !isOldResolution(problem))).toEqual([]);
  });
});

/** TypeScript's resolution of before `exports` knows no subpath of them; Node 20 has no use for it. */
function isOldResolution(problem: object): boolean {
  return "resolutionKind" in problem && problem.resolutionKind === "node10";
}

/** Every file that `exports` names, without the manifest. */
function builtFiles(value: unknown): string[] {
  if (typeof value === "string") return value === "./package.json" ? [] : [value.replace(/^\.\//, "")];
  return Object.values(value as object).flatMap(builtFiles);
}
