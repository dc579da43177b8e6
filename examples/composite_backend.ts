/**
 * One agent with three storages: working files in the agent's state, assets in S3, data and memories in PostgreSQL.
 *
 *     npm run example composite_backend
 */
import assert from "node:assert/strict";
import { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { S3Backend } from "@deepagents-remote/backend-s3";
import { CompositeBackend, createDeepAgent, StateBackend } from "deepagents";
import { exampleModel } from "./model/example-model.js";
import type { Script } from "./model/scripted-model.js";

// In the agent's state write_file replaces files, as deepagents describes it; elsewhere it does so after they were read.
const writeMode = "guarded";

const s3 = new S3Backend({
  bucket: process.env.S3_BUCKET ?? "deepagents",
  prefix: "examples/composite_backend",
  createBucket: true,
  writeMode,
  // For AWS, omit the rest: the SDK finds region, credentials and role.
  endpointUrl: process.env.S3_ENDPOINT ?? "http://localhost:9000",
  accessKeyId: process.env.S3_ACCESS_KEY_ID ?? "minioadmin",
  secretAccessKey: process.env.S3_SECRET_ACCESS_KEY ?? "minioadmin",
});
const postgres = new PostgresBackend({
  url: process.env.DATABASE_URL ?? "postgres://postgres:postgres@localhost:5432/deepagents",
  namespace: ["examples", "composite_backend"],
  writeMode,
});

// CompositeBackend strips the mount's prefix from a path: without separate namespaces, /data/x and /memories/x would be
// the same file.
const assets = s3.withNamespace(["assets"]);
const data = postgres.withNamespace(["data"]);
const memories = postgres.withNamespace(["memories"]);

const TASK = `Write a drawing of a red circle to /assets/logo.svg, the lines "name,color" and "logo,red" to
/data/colors.csv, "The logo is red." to /memories/logo.md, and a note of what you did to /notes.md.
Then find out by grep which files mention red.`;

try {
  await Promise.all([s3.delete("/"), postgres.delete("/")]); // files of an earlier run

  const agent = createDeepAgent({
    model: await exampleModel(script), // yours: "anthropic:claude-sonnet-4-6"
    backend: new CompositeBackend(new StateBackend(), {
      "/assets/": assets,
      "/data/": data,
      "/memories/": memories,
    }),
  });
  const result = await agent.invoke({ messages: [{ role: "user", content: TASK }] });
  console.log(`${result.messages.at(-1)?.text}\n`);

  // Each file is in the storage of its mount, which does not know its own prefix.
  assert.match(String((await assets.read("/logo.svg")).content), /<svg/);
  assert.match(String((await data.read("/colors.csv")).content), /^name,color\nlogo,red/);
  assert.match(String((await memories.read("/logo.md")).content), /red/);
  assert.ok(result.files?.["/notes.md"], "/notes.md is not in the state");

  // The next thread starts with the persistent files, and without working files.
  const { matches = [] } = await postgres.grep("red");
  const found = new Set(matches.map(({ path }) => path));
  assert.ok(found.has("/data/colors.csv") && found.has("/memories/logo.md"), "PostgreSQL lacks a file");
  console.log(`S3          /assets/logo.svg`);
  for (const { path, text } of matches) console.log(`PostgreSQL  ${path}: ${text}`);
  console.log(`state       ${Object.keys(result.files).join(", ")}`);
} finally {
  await Promise.all([s3.close(), postgres.close()]);
}

/** Steps of the agent if no real model is available. */
function* script(): Script {
  const write = (file_path: string, content: string) => ({
    tool: "write_file",
    args: { file_path, content },
  });
  yield [
    write("/assets/logo.svg", '<svg viewBox="0 0 2 2"><circle cx="1" cy="1" r="1" fill="red" /></svg>\n'),
    write("/data/colors.csv", "name,color\nlogo,red\n"),
    write("/memories/logo.md", "The logo is red.\n"),
    write("/notes.md", "I drew a red logo, and wrote down its color.\n"),
  ];
  const found = yield { tool: "grep", args: { pattern: "red" } };
  return `These mention red:\n${found}`;
}
