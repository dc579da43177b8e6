import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase } from "@deepagents-internal/servers";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { useBucket } from "./helpers/bucket.js";
import { type Block, blocksOf, pages, root } from "./helpers/pages.js";
import { run } from "./helpers/run.js";

/** Needs of a block that no test can meet. All others run as a reader runs them, with the test's servers and a scripted model. */
const NEEDS = {
  AWS: /region: "eu-central-1",\n {2}writeMode/,
  "files of the reader": /\/run\/secrets/,
  "a server of the reader": /\bapp\.get\(/,
  "a test runner": /defineBackendTests/,
};

const isRunnable = ({ code }: Block) => !Object.values(NEEDS).some((need) => need.test(code));
const blocks = pages.flatMap(blocksOf);
const runnable = blocks.filter(isRunnable);

/** One of them runs the whole suite; on a busy machine that takes minutes. */
const SLOW_MS = 600_000;

const { options, env } = useBucket();
let database: Awaited<ReturnType<typeof createDatabase>>;
let folder: string;
beforeAll(async () => {
  database = await createDatabase();
  folder = mkdtempSync(join(tmpdir(), "snippets-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  symlinkSync(join(root, "examples/node_modules"), join(folder, "node_modules"), "dir");
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await database.drop();
});

const SCRIPT = `
import { ScriptedModel } from ${JSON.stringify(join(root, "examples/model/scripted-model.ts"))};
const scripted = new ScriptedModel(function* () {
  yield { tool: "write_file", args: { file_path: "/plan.md", content: "# Plan" } };
  return "Written.";
});
`;

/** Replaces addresses and models by those of the test. */
function atHome(code: string): string {
  const { endpointUrl, accessKeyId, secretAccessKey, bucket } = options;
  const url = `url: ${JSON.stringify(database.url)}`;
  const isPlaced = /\b(url|sql)\b/.test(code);
  return `${code.includes('"anthropic:') ? SCRIPT : ""}${code}`
    .replaceAll('"anthropic:claude-sonnet-4-6"', "scripted")
    .replaceAll("postgres://postgres:postgres@localhost:5432/deepagents", database.url)
    .replaceAll("new PostgresBackend()", `new PostgresBackend({ ${url} })`)
    .replaceAll("new PostgresBackend({", isPlaced ? "$&" : `$& ${url},`)
    .replaceAll('"http://localhost:9000"', JSON.stringify(endpointUrl))
    .replaceAll('accessKeyId: "minioadmin"', `accessKeyId: ${JSON.stringify(accessKeyId)}`)
    .replaceAll('secretAccessKey: "minioadmin"', `secretAccessKey: ${JSON.stringify(secretAccessKey)}`)
    .replaceAll('bucket: "deepagents"', `bucket: ${JSON.stringify(bucket)}`);
}

describe("code on the pages runs", () => {
  it.each(runnable.map((block) => [`${block.page}, line ${block.line}`, block] as const))(
    "%s",
    async (name, { code }) => {
      const file = join(folder, `${name.replaceAll(/\W+/g, "-")}.ts`);
      writeFileSync(file, atHome(code));
      expect(await run(file, env, { cwd: folder })).toEqual({
        code: 0,
        stdout: expect.any(String),
        stderr: expect.not.stringMatching(/Error|Remote\w*Warning/),
      });
    },
    SLOW_MS,
  );

  it("except where a test cannot provide what it needs", () => {
    const left = blocks.filter((block) => !isRunnable(block));
    expect(left.map(({ page }) => page).sort()).toEqual([
      "docs/observability.md",
      "docs/postgresql.md",
      "docs/testing.md",
      "packages/backend-s3/README.md",
    ]);
  });
});
