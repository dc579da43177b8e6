import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  CREATE_ONLY_WRITE_FILE_DESCRIPTION,
  MemoryBackend,
  withCreateOnlyFiles,
} from "@deepagents-remote/core";
import { describe, expect, it } from "@jest/globals";
import { ToolMessage } from "@langchain/core/messages";
import {
  CompositeBackend,
  createDeepAgent,
  createFilesystemMiddleware,
  type FilesystemPermission,
} from "deepagents";
import { type Script, ScriptedModel } from "../model/scripted-model.js";
import { pages, read, root } from "./helpers/pages.js";

const permissions: FilesystemPermission[] = [
  { operations: ["write"], paths: ["/data/secret/**"], mode: "deny" },
];

/** Tries a write that a rule denies, then one that no rule denies. */
function* writeTwice(): Script {
  const denied = yield { tool: "write_file", args: { file_path: "/data/secret/a.txt", content: "x" } };
  const allowed = yield { tool: "write_file", args: { file_path: "/data/public.txt", content: "x" } };
  return `${denied}\n${allowed}`;
}

const delegateTo = (subagent_type: string) =>
  function* (): Script {
    return yield { tool: "task", args: { subagent_type, description: "Write." } };
  };

const model = new ScriptedModel(writeTwice);

/** Ways in which the documents give an agent a backend. */
const PATTERNS: Record<
  string,
  (backend: MemoryBackend) => { invoke: ReturnType<typeof createDeepAgent>["invoke"] }
> = {
  "createDeepAgent alone (quickstart)": (backend) => createDeepAgent({ model, backend, permissions }),
  withCreateOnlyFiles: (backend) =>
    createDeepAgent(withCreateOnlyFiles(createFilesystemMiddleware, { model, backend, permissions })),
  "a CompositeBackend": (backend) =>
    createDeepAgent({
      model,
      backend: new CompositeBackend(new MemoryBackend(), { "/data/": backend.withNamespace(["data"]) }),
      permissions,
    }),
  "a sub-agent that is declared, with the agent's rules": (backend) =>
    createDeepAgent(
      withCreateOnlyFiles(createFilesystemMiddleware, {
        model: new ScriptedModel(delegateTo("writer")),
        backend,
        permissions,
        subagents: [{ name: "writer", description: "Writes.", systemPrompt: "Write.", model }],
      }),
    ),
  "a sub-agent with rules of its own": (backend) =>
    createDeepAgent(
      withCreateOnlyFiles(createFilesystemMiddleware, {
        model: new ScriptedModel(delegateTo("writer")),
        backend,
        subagents: [{ name: "writer", description: "Writes.", systemPrompt: "Write.", model, permissions }],
      }),
    ),
};

describe("a rule that denies holds for", () => {
  it.each(Object.keys(PATTERNS))("%s", async (name) => {
    const backend = new MemoryBackend();
    const { messages } = await PATTERNS[name]!(backend).invoke({
      messages: [{ role: "user", content: "Go." }],
    });
    expect(messages.at(-1)?.text).toContain("permission denied");
    const { files } = await backend.glob("**");
    expect(files?.map(({ path }) => path.split("/").at(-1))).toEqual(["public.txt"]);
  });

  it("the sub-agent that deepagents adds by itself", async () => {
    const backend = new MemoryBackend();
    // Root and sub-agent have the same model: the task of the sub-agent tells them apart.
    const both = new ScriptedModel((task) =>
      task === "Write." ? writeTwice() : delegateTo("general-purpose")(),
    );
    const agent = createDeepAgent(
      withCreateOnlyFiles(createFilesystemMiddleware, { model: both, backend, permissions }),
    );
    const { messages } = await agent.invoke({ messages: [{ role: "user", content: "Go." }] });
    expect(messages.find(ToolMessage.isInstance)?.text).toContain("permission denied");
    expect((await backend.glob("**")).files?.map(({ path }) => path)).toEqual(["/data/public.txt"]);
  });
});

describe("withCreateOnlyFiles", () => {
  it("skips sub-agents with their own middleware, and prefers the caller's", () => {
    const made: unknown[] = [];
    const make = (options: object) => {
      made.push(options);
      return options;
    };
    const mine = { name: "mine" };
    const compiled = { name: "compiled", runnable: {} };
    const params = { backend: {}, middleware: [mine], subagents: [compiled, { name: "declared" }] };
    const result = withCreateOnlyFiles(make as never, params);
    const customToolDescriptions = { write_file: CREATE_ONLY_WRITE_FILE_DESCRIPTION };
    expect(made).toEqual(Array(2).fill({ backend: params.backend, customToolDescriptions }));
    expect(result.middleware).toEqual([expect.anything(), mine]);
    expect(result.subagents[0]).toBe(compiled);
    expect(result.subagents[1]).toHaveProperty("middleware");
  });
});

it("no document or example replaces the middleware in a way that loses permissions", () => {
  const examples = readdirSync(join(root, "examples"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !/node_modules|test\//.test(name))
    .map((name) => `examples/${name}`);
  for (const name of [...pages, ...examples]) {
    expect({ name, text: read(name) }).toEqual({
      name,
      text: expect.not.stringContaining("createFilesystemMiddleware("),
    });
  }
});
