import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { pack } from "./helpers/pack.js";
import { publishedPackages } from "./helpers/packages.js";
import { exportedNames, installInto } from "./helpers/project.js";
import { runScript } from "./helpers/run.js";
import { temporaryFolder } from "./helpers/temporary.js";

/** Names that users and other packages build on. There may be more; none of these may go. */
const NAMES: Record<string, string[]> = {
  "@deepagents-remote/core": [
    "CREATE_ONLY_WRITE_FILE_DESCRIPTION",
    "MemoryBackend",
    "MemoryFileStore",
    "RemoteBackend",
    "copyFiles",
    "layer",
  ],
  "@deepagents-remote/core/conformance": [
    "allCases",
    "runConformance",
    "runStoreConformance",
    "summary",
    "toHtml",
    "toJson",
    "toMarkdown",
    "toTap",
  ],
  "@deepagents-remote/core/conformance/jest": ["defineBackendTests", "defineStoreTests"],
  "@deepagents-remote/core/conformance/node": ["defineBackendTests", "defineStoreTests"],
  "@deepagents-remote/backend-postgres": ["PostgresBackend"],
  "@deepagents-remote/backend-s3": ["S3Backend"],
};

/** Entries that load a package of the user's; conformance.test.ts tries them beside it. */
const BESIDE: Record<string, string> = { "@deepagents-remote/core/conformance/vitest": "vitest" };

const published = publishedPackages();
const entries = published.flatMap((each) => each.entries);
const folder = temporaryFolder();
const project = join(folder.path, "project");
afterAll(() => folder.remove());

beforeAll(async () => {
  const tarballs = await Promise.all(published.map((each) => pack(each, folder.path)));
  await installInto(
    project,
    tarballs.map((tarball) => tarball.path),
  );
});

it("nothing of deepagents or LangChain comes along", () => {
  const installed = readdirSync(join(project, "node_modules"));
  expect(installed).toContain("@deepagents-remote");
  expect(installed.filter((name) => /langchain|langgraph|^deepagents$/.test(name))).toEqual([]);
});

describe.each(Object.entries(BESIDE))("%s", (entry, wanted) => {
  it("is there, and says what it wants", async () => {
    expect(entries).toContain(entry);
    await expect(exportedNames(project, entry, "import")).rejects.toThrow(
      `Cannot find package '${wanted}' imported from`,
    );
  });
});

describe.each(entries.filter((entry) => !(entry in BESIDE)))("%s", (entry) => {
  it("can be imported and required, with the same names", async () => {
    const imported = await exportedNames(project, entry, "import");
    const required = await exportedNames(project, entry, "require");
    expect(imported).toEqual(
      expect.arrayContaining(NAMES[entry] ?? ["(name what it must export in this test)"]),
    );
    expect(required.filter((name) => name !== "__esModule")).toEqual(imported);
  });
});

it("the types hold in a strict project that has neither deepagents nor a bundler", async () => {
  const modules = entries.map(
    (entry, index) => `import * as m${index} from "${entry}";\nexport const k${index} = m${index};\n`,
  );
  writeFileSync(join(project, "esm.mts"), modules.join(""));
  const requires = entries.map(
    (entry, index) => `import m${index} = require("${entry}");\nexport const k${index} = m${index};\n`,
  );
  writeFileSync(join(project, "cjs.cts"), requires.join(""));
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify(consumerConfig()));
  await runScript(typescript(), ["-p", "."], project);
});

it("the source maps lead to sources that are there", () => {
  for (const { manifest } of published) {
    const dist = join(project, "node_modules", manifest.name, "dist");
    for (const name of readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((each) =>
      each.endsWith(".map"),
    )) {
      const { sources } = JSON.parse(readFileSync(join(dist, name), "utf8")) as { sources: string[] };
      const missing = sources.filter((source) => !existsSync(join(dist, dirname(name), source)));
      expect({ map: name, missing }).toEqual({ map: name, missing: [] });
    }
  }
});

function consumerConfig(): object {
  const types = dirname(createRequire(import.meta.url).resolve("@types/node/package.json"));
  return {
    compilerOptions: {
      target: "ES2022",
      lib: ["ES2022", "ESNext.Disposable"],
      module: "NodeNext",
      moduleResolution: "NodeNext",
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: false,
      typeRoots: [dirname(types)],
      types: ["node"],
    },
    include: ["*.mts", "*.cts"],
  };
}

function typescript(): string {
  return createRequire(new URL("../../../package.json", import.meta.url)).resolve("typescript/bin/tsc");
}
