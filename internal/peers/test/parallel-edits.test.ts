import { ScriptedModel } from "@deepagents-internal/testing";
import { MemoryBackend } from "@deepagents-remote/core";
import { expect, it } from "@jest/globals";
import { type BaseMessage, ToolMessage } from "@langchain/core/messages";
import { InMemoryStore } from "@langchain/langgraph-checkpoint";
import { createDeepAgent, StateBackend, StoreBackend } from "deepagents";

const PLACES = Array.from({ length: 10 }, (_, i) => `place ${i}`);

/** Edits 10 places of one file in one turn, in an agent with these files; then has it read. */
async function editInOneTurn(options: object) {
  const path = "/a.txt";
  const model = new ScriptedModel((_task, turn) => {
    const turns = [
      [["write_file", { file_path: path, content: PLACES.map((place) => `${place} old`).join("\n") }]],
      PLACES.map((place) => [
        "edit_file",
        { file_path: path, old_string: `${place} old`, new_string: `${place} new` },
      ]),
      [["read_file", { file_path: path }]],
    ] as const;
    return (turns[turn] ?? []) as never;
  });
  const agent = createDeepAgent({ model, ...options } as Parameters<typeof createDeepAgent>[0]);
  const input = { messages: [{ role: "user", content: "Do it." }] };
  const { messages } = (await agent.invoke(input)) as { messages: BaseMessage[] };
  const told = messages.filter(ToolMessage.isInstance);
  return {
    succeeded: told.filter((one) => one.name === "edit_file" && one.text.startsWith("Success")).length,
    kept: told.at(-1)?.text.match(/new/g)?.length ?? 0,
  };
}

// In the agent's own graph, which the suite cannot look into from outside.
it.each([
  ["StateBackend", () => ({ backend: new StateBackend() })],
  [
    "StoreBackend in the graph's own store",
    () => ({ backend: new StoreBackend({ namespace: ["a"] }), store: new InMemoryStore() }),
  ],
])("%s loses all edits of one turn but one, and reports all as successful", async (_, options) => {
  expect(await editInOneTurn(options())).toEqual({ succeeded: 10, kept: 1 });
});

it("our backends keep all edits", async () => {
  expect(await editInOneTurn({ backend: new MemoryBackend() })).toEqual({ succeeded: 10, kept: 10 });
});
