import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { pack } from "./helpers/pack.js";
import { publishedPackages } from "./helpers/packages.js";
import { installInto } from "./helpers/project.js";
import { run } from "./helpers/run.js";
import { temporaryFolder } from "./helpers/temporary.js";

const require = createRequire(import.meta.url);
const folder = temporaryFolder();
afterAll(() => folder.remove());

/** Project with the built core of the workspace and all packages that its optional parts need. */
const equipped = join(folder.path, "equipped");
/** Project with the packed core and nothing else. */
const bare = join(folder.path, "bare");

let tarball: string;
beforeAll(async () => {
  const core = publishedPackages().find(({ manifest }) => manifest.name === "@deepagents-remote/core")!;
  tarball = (await pack(core, folder.path)).path;
  await installInto(bare, [tarball]);
  const scope = join(equipped, "node_modules/@deepagents-remote");
  mkdirSync(scope, { recursive: true });
  symlinkSync(
    dirname(require.resolve("@deepagents-remote/core/package.json")),
    join(scope, "core"),
    "junction",
  );
});

const CASE = "host/tools/empty-file";

/** Tries one case that needs deepagents, and tells what became of it. */
const tell = `async ({ allCases, runCase }, { MemoryBackend }) => {
  const one = allCases.find(({ id }) => id === ${JSON.stringify(CASE)});
  const create = () => new MemoryBackend();
  const { status, reason } = await runCase(one, { name: "it", create, capabilities: { ownRoot: true } });
  return reason ? status + ": " + reason : status;
}`;
const names = ["@deepagents-remote/core/conformance", "@deepagents-remote/core"].map((name) =>
  JSON.stringify(name),
);
const requires = names.map((name) => `require(${name})`).join(", ");
const imports = names.map((name) => `await import(${name})`).join(", ");

const scripts = {
  "told.mjs": `console.log(await (${tell})(${imports}));`,
  "told.cjs": `(${tell})(${requires}).then(console.log);`,
};

it.each([
  ["equipped", "told.mjs", "passed"],
  ["equipped", "told.cjs", "passed"],
  ["bare", "told.mjs", "unavailable: deepagents is not installed"],
  ["bare", "told.cjs", "unavailable: deepagents is not installed"],
] as const)("in a project that is %s, %s says: %s", async (project, script, said) => {
  const file = join(folder.path, project, script);
  writeFileSync(file, scripts[script]);
  expect((await run(process.execPath, [file], dirname(file))).trim()).toBe(said);
});

it.each([
  ["CommonJS", "told.test.cjs", `const told = () => (${tell})(${requires});`, []],
  [
    "ES modules",
    "told.test.mjs",
    `const told = async () => (${tell})(${imports});`,
    ["--experimental-vm-modules"],
  ],
])("under jest with %s it passes", async (_, name, told, flags) => {
  writeFileSync(
    join(equipped, name),
    `${told}\nit("passes", async () => expect(await told()).toBe("passed"));\n`,
  );
  const config = JSON.stringify({
    rootDir: equipped,
    testMatch: [`**/${name}`],
    transform: {},
    testTimeout: 600_000,
  });
  const jest = require.resolve("jest/bin/jest");
  await run(process.execPath, [...flags, jest, "--config", config], equipped);
});

it("installs beside an outdated fast-check, and reports it at run time", async () => {
  const old = join(folder.path, "old");
  await installInto(old, [tarball, "fast-check@3"]);
  const file = join(old, "old.mjs");
  writeFileSync(
    file,
    `import { allCases, runCase } from "@deepagents-remote/core/conformance";
import { MemoryBackend } from "@deepagents-remote/core";
const one = allCases.find(({ id }) => id.startsWith("model/"));
const create = () => new MemoryBackend();
const { status, reason } = await runCase(one, { name: "it", create, capabilities: { ownRoot: true } });
console.log(status + ": " + reason);`,
  );
  expect(await run(process.execPath, [file], old)).toMatch(
    /^unavailable: fast-check 3\.\S+ is too old: npm install --save-dev fast-check@4\n$/,
  );
});
