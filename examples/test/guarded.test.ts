import { MemoryBackend } from "@deepagents-remote/core";
import { expect, it } from "@jest/globals";
import { getConfig } from "@langchain/langgraph";
import { createDeepAgent } from "deepagents";
import { type Script, ScriptedModel } from "../model/scripted-model.js";

/** The function in docs/write-mode.md: a reader is a thread, or one run of a sub-agent in it. */
const reader = () => {
  const { thread_id = "", checkpoint_ns = "" } = getConfig()?.configurable ?? {};
  return `${thread_id} ${checkpoint_ns.replace(/[^|]*$/, "")}`;
};

const write = (content: string) => ({ tool: "write_file", args: { file_path: "/a.txt", content } });
const read = { tool: "read_file", args: { file_path: "/a.txt" } };
const delegate = { tool: "task", args: { subagent_type: "writer", description: "Write." } };

/** Writes without a read, then after one. */
function* writer(): Script {
  const blind = yield write("by a writer");
  yield read;
  return `${blind}\n${yield write("by a writer")}`;
}

const UNREAD = /you have not read it/;
const CHANGED = /has been changed since you read it/;

it("a thread, each run of a sub-agent, and another thread are readers of their own", async () => {
  function* main(): Script {
    const answers: string[] = [];
    for (const call of [write("one"), write("two"), delegate, write("three"), read, write("four"), delegate])
      answers.push(String(yield call));
    return JSON.stringify(answers);
  }
  const model = new ScriptedModel(writer);
  const subagents = [{ name: "writer", description: "Writes.", systemPrompt: "Write.", model }];
  const backend = new MemoryBackend({ writeMode: "guarded", reader });
  const agent = createDeepAgent({ model: new ScriptedModel(main), backend, subagents });
  const answersIn = async (thread_id: string): Promise<string[]> => {
    const input = { messages: [{ role: "user", content: "go" }] };
    const { messages } = await agent.invoke(input, { configurable: { thread_id } });
    return JSON.parse(String(messages.at(-1)?.text));
  };

  const [created, replaced, delegated, stale, , again, delegatedAgain] = await answersIn("first");
  for (const answer of [created, replaced, again]) expect(answer).toMatch(/^Successfully/);
  for (const answer of [delegated, delegatedAgain]) {
    expect(answer).toMatch(UNREAD);
    expect(answer).toMatch(/\nSuccessfully/);
  }
  expect(stale).toMatch(CHANGED);
  expect((await backend.readRaw("/a.txt")).data?.content).toBe("by a writer");

  expect((await answersIn("second"))[0]).toMatch(UNREAD);
});
