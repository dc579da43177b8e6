/**
 * An agent ruins a file. Its thread is resumed from an earlier checkpoint, and the files go back with it, byte for byte.
 *
 *     npm run example time_travel
 */
import assert from "node:assert/strict";
import { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { getConfig } from "@langchain/langgraph";
import { PostgresSaver } from "@langchain/langgraph-checkpoint-postgres";
import { createDeepAgent } from "deepagents";
import { exampleModel } from "./model/example-model.js";
import type { Script } from "./model/scripted-model.js";

const url = process.env.DATABASE_URL ?? "postgres://postgres:postgres@localhost:5432/deepagents";
const thread = `guide-${Date.now()}`;

const backend = new PostgresBackend({
  url,
  table: "time_travel",
  // The thread's own namespace: other threads do not travel with it.
  namespace: ["examples", thread],
  history: {
    // Names the step of the run that makes a change; `checkpoint_map[""]` is the whole run's, in sub-agents too.
    by() {
      const { thread_id, checkpoint_map } = getConfig()?.configurable ?? {};
      return { thread: thread_id ?? thread, checkpoint: checkpoint_map?.[""], agent: "author" };
    },
  },
});
const checkpointer = PostgresSaver.fromConnString(url);
const isFirstTry = { value: true };

try {
  await checkpointer.setup();
  const agent = createDeepAgent({ model: await exampleModel(script), backend, checkpointer });
  const config = { configurable: { thread_id: thread } };
  await agent.invoke(
    { messages: [{ role: "user", content: "Write a guide to /guide.md in ten steps." }] },
    config,
  );
  console.log(`\nAfter ten steps:\n\n${await text("/guide.md")}`);
  assert.match(await text("/guide.md"), /RUINED/);

  // Checkpoints before an answer of the model, oldest first: the fourth step has been made at the fifth of them.
  const checkpoints = [];
  for await (const { config: each, next } of agent.graph.getStateHistory(config)) {
    if (next.includes("model_request")) checkpoints.unshift(each);
  }
  const earlier = checkpoints[4]!;
  const { files = [], error } = await backend.rewind({
    thread,
    checkpoint: earlier.configurable?.checkpoint_id,
  });
  assert.equal(error, undefined);
  for (const { path, outcome } of files) console.log(`${path}: ${outcome}`);
  console.log(`\nBack at step four:\n\n${await text("/guide.md")}`);
  assert.equal(await text("/guide.md"), guideAfter(4));
  assert.match((await backend.read("/stray.md")).error ?? "", /not found/);

  isFirstTry.value = false;
  await agent.invoke(null, earlier);
  console.log(`\nFrom there to the end:\n\n${await text("/guide.md")}`);
  assert.equal(await text("/guide.md"), guideAfter(10));

  // Nothing is lost: the ruined file is a version, too.
  const { versions = [] } = await backend.history("/guide.md");
  for (const { kind, size, by } of versions)
    console.log(`${kind}, ${size} bytes, at ${by?.checkpoint ?? "no checkpoint"}`);
  assert.ok(versions.some(({ kind }) => kind === "restore"));
} finally {
  await Promise.all([backend.close(), checkpointer.end()]);
}

async function text(path: string): Promise<string> {
  const { data, error } = await backend.readRaw(path);
  return data ? String(data.content) : `(${error})`;
}

/** The guide as it should be after a number of steps. */
function guideAfter(steps: number): string {
  const parts = Array.from({ length: steps - 1 }, (_, i) => `- step ${i + 2}\n`);
  return `# Guide\n\n${parts.join("")}(to be continued)\n`;
}

/** Steps of the agent if no real model is available: at the first try it goes astray after step four. */
function* script(): Script {
  const file_path = "/guide.md";
  yield { tool: "write_file", args: { file_path, content: "# Guide\n\n(to be continued)\n" } };
  for (let step = 2; step <= 10; step++) {
    const more = { old_string: "(to be continued)", new_string: `- step ${step}\n(to be continued)` };
    if (isFirstTry.value && step === 7) {
      yield { tool: "write_file", args: { file_path: "/stray.md", content: "Something else.\n" } };
    } else if (isFirstTry.value && step === 10) {
      const ruin = { old_string: "- step", new_string: "RUINED", replace_all: true };
      yield { tool: "edit_file", args: { file_path, ...ruin } };
    } else {
      yield { tool: "edit_file", args: { file_path, ...more } };
    }
  }
  return "The guide is written.";
}
