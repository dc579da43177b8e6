import { readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { declaredNames } from "./helpers/declared.js";
import { pack } from "./helpers/pack.js";
import { publishedPackages } from "./helpers/packages.js";
import { exportedNames, installInto } from "./helpers/project.js";
import { run, runScript } from "./helpers/run.js";
import { temporaryFolder } from "./helpers/temporary.js";

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

it("installs nothing of deepagents or LangChain", () => {
  const installed = readdirSync(join(project, "node_modules"));
  expect(installed).toContain("@deepagents-remote");
  expect(installed.filter((name) => /langchain|langgraph|^deepagents$/.test(name))).toEqual([]);
});

describe.each(Object.entries(BESIDE))("%s", (entry, wanted) => {
  it("exists and prints its usage", async () => {
    expect(entries).toContain(entry);
    await expect(exportedNames(project, entry, "import")).rejects.toThrow(
      `Cannot find package '${wanted}' imported from`,
    );
  });
});

describe.each(
  published.flatMap((each) =>
    each.entries.filter((entry) => !(entry in BESIDE)).map((entry) => [entry, each] as const),
  ),
)("%s", (entry, each) => {
  it("can be imported and required, with the names that its types declare", async () => {
    const imported = await exportedNames(project, entry, "import");
    const required = await exportedNames(project, entry, "require");
    expect(imported).toEqual(declaredNames(each, entry).values);
    expect(required.filter((name) => name !== "__esModule")).toEqual(imported);
  });
});

it("the types compile in a strict project without deepagents and without a bundler", async () => {
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

it("each class of core exists once, whichever entry point or format it comes from", async () => {
  writeFileSync(
    join(project, "classes.cjs"),
    `const { RemoteBackendError } = require("@deepagents-remote/core");
const { HealthReport, LostAnswer, optionRules, checkOptions } = require("@deepagents-remote/core/adapter");
const { ConformanceFailure } = require("@deepagents-remote/core/conformance");
let thrown;
try { checkOptions("It", { a: "" }, { a: optionRules.text }); } catch (error) { thrown = error; }
console.log(JSON.stringify([
  thrown instanceof RemoteBackendError, LostAnswer.prototype instanceof RemoteBackendError,
  typeof HealthReport, typeof ConformanceFailure]));`,
  );
  const said = await run(process.execPath, [join(project, "classes.cjs")], project);
  expect(JSON.parse(said)).toEqual([true, true, "function", "function"]);
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
