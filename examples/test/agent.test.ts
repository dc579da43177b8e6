import { createDatabase } from "@deepagents-internal/servers";
import type { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { CREATE_ONLY_WRITE_FILE_DESCRIPTION } from "@deepagents-remote/core";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { BindToolsInput } from "@langchain/core/language_models/chat_models";
import { type Script, ScriptedModel } from "../model/scripted-model.js";
import { createSourceAgent } from "../start/agent.js";
import { openBackend } from "../start/backend.js";
import { FILE_TOOLS } from "../start/file-tools.js";
import { scenario } from "../start/scenario.js";
import { uploadWorkspace } from "../start/workspace.js";

const long = Array.from({ length: 50 }, (_, line) => `const line${line} = ${line};`).join("\n");
const sources = new Map([
  ["/workspace/README.md", Buffer.from("# Sources\n")],
  ["/workspace/packages/core/src/a.ts", Buffer.from(`${long}\nexport class A {}\n\n`)],
]);

let database: Awaited<ReturnType<typeof createDatabase>>;
let backend: PostgresBackend;
beforeAll(async () => {
  database = await createDatabase();
  backend = openBackend(database.url);
  await uploadWorkspace(backend, sources);
});
afterAll(async () => {
  await backend.close();
  await database.drop();
});

const go = { messages: [{ role: "user", content: "go" }] };

describe("the agent", () => {
  it("offers all file tools, with a write_file that is described as create-only", async () => {
    const offered = new Map<string, string | undefined>();
    class Listener extends ScriptedModel {
      override bindTools(tools: BindToolsInput[] = []): this {
        for (const { name, description } of tools as { name: string; description?: string }[]) {
          offered.set(name, description);
        }
        return this;
      }
    }
    await createSourceAgent(backend, new Listener(silent)).invoke(go);
    expect([...offered.keys()]).toEqual(expect.arrayContaining([...FILE_TOOLS]));
    expect(offered.get("write_file")).toBe(CREATE_ONLY_WRITE_FILE_DESCRIPTION);
  });

  it("ends with the report if every answer is right", async () => {
    const model = new ScriptedModel(() => scenario(sources, "/scratch/right.md"));
    const { messages } = await createSourceAgent(backend, model).invoke(go);
    expect(messages.at(-1)?.text).toMatch(
      /^The report is \/reports\/run-001\.md: 1 TypeScript files, 1 exported/,
    );
  });

  it("stops at an answer that contradicts the files on disk", async () => {
    const other = new Map([...sources, ["/workspace/packages/core/src/b.ts", Buffer.from("b")]]);
    const model = new ScriptedModel(() => scenario(other, "/scratch/wrong.md"));
    await expect(createSourceAgent(backend, model).invoke(go)).rejects.toThrow(
      /Step 2: glob answered wrongly: 1 entries where 2 must be; entry 2 is undefined, not .*b\.ts/,
    );
  });
});

// biome-ignore lint/correctness/useYield: it calls no tool
function* silent(): Script {
  return "Nothing to do.";
}
