import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { pack, type Tarball } from "./helpers/pack.js";
import { publishedPackages } from "./helpers/packages.js";
import { run } from "./helpers/run.js";
import { temporaryFolder } from "./helpers/temporary.js";

/** Permitted run-time dependencies of each package. Adding one is a decision, to be made here. */
const DEPENDENCIES: Record<string, string[]> = {
  "@deepagents-remote/core": ["diff"],
  "@deepagents-remote/backend-postgres": ["@deepagents-remote/core", "postgres"],
  "@deepagents-remote/backend-s3": ["@aws-sdk/client-s3", "@deepagents-remote/core"],
  "@deepagents-remote/cli": [
    "@deepagents-remote/backend-postgres",
    "@deepagents-remote/backend-s3",
    "@deepagents-remote/core",
    "commander",
    "ignore",
    "picocolors",
  ],
};

/** Size of each tarball, at most. Before sources shipped once they had 1,210, 202 and 295 KB. */
const KILOBYTES: Record<string, number> = {
  "@deepagents-remote/core": 900,
  "@deepagents-remote/backend-postgres": 250,
  "@deepagents-remote/backend-s3": 200,
  "@deepagents-remote/cli": 80,
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

  it("has a version and a license, and declares its Node version and that it has no side effects", () => {
    expect(packed).toMatchObject({ license: "MIT", engines: { node: ">=20" }, sideEffects: false });
    expect(packed.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(packed.version).not.toBe("0.0.0");
  });

  it("contains license, README and the build output", () => {
    expect(tarball.files).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json"]));
    expect(tarball.files).toEqual(expect.arrayContaining(builtFiles(packed.exports)));
  });

  it("contains each source once, in the source maps of the ES modules", async () => {
    const maps = tarball.files.filter((file) => file.endsWith(".map"));
    const scripts = tarball.files.filter((file) => file.endsWith(".js"));
    expect(maps).toEqual(scripts.map((file) => `${file}.map`));
    const sources = maps.flatMap((map) => sourcesOf(join(each.folder, map)));
    expect(sources.length).toBeGreaterThan(20);
    expect(sources.filter((source, i) => sources.indexOf(source) !== i)).toEqual([]);
  });

  it("stays below its size limit", () => {
    const kilobytes = Math.round(statSync(tarball.path).size / 1024);
    expect(kilobytes).toBeLessThanOrEqual(KILOBYTES[name] ?? 0);
  });

  it("contains no tests and nothing else that only this repository needs", () => {
    const allowed =
      /^(dist\/.+\.(js|js\.map|cjs|d\.ts|d\.cts)|package\.json|LICENSE|(README|CHANGELOG)\.md)$/;
    expect(tarball.files.filter((file) => !allowed.test(file))).toEqual([]);
    expect(tarball.files.filter((file) => /\.(test|spec)\./.test(file))).toEqual([]);
  });

  it("has the license of the repository", () => {
    const ours = readFileSync(new URL("../../../LICENSE", import.meta.url), "utf8");
    expect(readFileSync(join(each.folder, "LICENSE"), "utf8")).toBe(ours);
  });

  it("depends only on allowed packages, by versions that npm understands", () => {
    const dependencies = packed.dependencies ?? {};
    expect(Object.keys(dependencies).filter((each) => !DEPENDENCIES[name]?.includes(each))).toEqual([]);
    for (const range of Object.values(dependencies)) expect(range).toMatch(/^[\^~]?\d+\.\d+\.\d+$/);
    for (const peer of Object.values(packed.peerDependenciesMeta ?? {})) expect(peer.optional).toBe(true);
  });

  it("passes publint", async () => {
    const data = readFileSync(tarball.path);
    const { messages, pkg } = await publint({
      pack: { tarball: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer },
    });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it("has correct types for import and for require", async () => {
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

/** Sources that a source map holds. */
function sourcesOf(map: string): string[] {
  const { sources, sourcesContent } = JSON.parse(readFileSync(map, "utf8")) as {
    sources: string[];
    sourcesContent: (string | null)[];
  };
  expect([map, sourcesContent.length, sourcesContent.includes(null)]).toEqual([map, sources.length, false]);
  return sources.map((source) => join(dirname(map), source));
}

/** Every file that `exports` names, without the manifest. */
function builtFiles(value: unknown): string[] {
  if (typeof value === "string") return value === "./package.json" ? [] : [value.replace(/^\.\//, "")];
  return Object.values(value as object).flatMap(builtFiles);
}
