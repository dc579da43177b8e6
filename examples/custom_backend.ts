/**
 * A custom backend: the files of a Deep Agent in a SQLite database. The backend is in custom-backend/sqlite-backend.ts;
 * test/custom-backend.test.ts runs the conformance suite on it.
 *
 *     npm run example custom_backend
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDeepAgent } from "deepagents";
import { SqliteBackend } from "./custom-backend/sqlite-backend.js";
import { exampleModel } from "./model/example-model.js";
import type { Script } from "./model/scripted-model.js";

const TASK = `Write one sentence about SQLite to /notes/sqlite.md. Then edit it so that "database" is "DATABASE".
Last, search all files for "DATABASE" and say where it was found.`;

const folder = mkdtempSync(join(tmpdir(), "custom-backend-"));
const path = join(folder, "files.db");
const backend = new SqliteBackend({ path, writeMode: "guarded" });
try {
  const agent = createDeepAgent({
    model: await exampleModel(script), // yours: "anthropic:claude-sonnet-4-6"
    backend,
  });
  const { messages } = await agent.invoke({ messages: [{ role: "user", content: TASK }] });
  console.log(`${messages.at(-1)?.text}\n`);
} finally {
  await backend.close();
}

// The files are in the database, where other backends, perhaps in other processes, find them.
const others = [new SqliteBackend({ path }), new SqliteBackend({ path })] as const;
try {
  const { content } = await others[0].read("/notes/sqlite.md");
  assert.match(String(content), /DATABASE/);
  console.log(`SqliteBackend wrote /notes/sqlite.md: ${content}`);

  // No concurrent edit is lost.
  await others[0].write("/count.md", "0\n");
  const edits = Array.from({ length: 10 }, (_, i) => others[i % 2]!.edit("/count.md", "\n", "+1\n"));
  for (const { error } of await Promise.all(edits)) assert.equal(error, undefined);
  assert.equal((await others[1].read("/count.md")).content, `0${"+1".repeat(10)}\n`);
  console.log("Two backends have made 10 edits of /count.md at once.");
} finally {
  for (const other of others) await other.close();
  rmSync(folder, { recursive: true });
}

/** Steps of the agent if no real model is available. */
function* script(): Script {
  const file_path = "/notes/sqlite.md";
  yield { tool: "write_file", args: { file_path, content: "SQLite is a database in one file.\n" } };
  yield { tool: "edit_file", args: { file_path, old_string: "database", new_string: "DATABASE" } };
  const found = yield { tool: "grep", args: { pattern: "DATABASE" } };
  return `Found: ${found}`;
}
