/**
 * Several Deep Agents share one workspace in PostgreSQL: three edit the same file concurrently, and one delegates its
 * work to sub-agents.
 *
 *     npm run example postgres_deep_agent
 */
import assert from "node:assert/strict";
import { PostgresBackend, type PostgresBackendOptions } from "@deepagents-remote/backend-postgres";
import { createDeepAgent } from "deepagents";
import { exampleModel } from "./model/example-model.js";
import type { Script } from "./model/scripted-model.js";

const options: PostgresBackendOptions = {
  url: process.env.DATABASE_URL ?? "postgres://postgres:postgres@localhost:5432/deepagents",
  namespace: ["examples", "postgres_deep_agent"],
  writeMode: "guarded", // write_file replaces a file only after it was read
};

const backend = new PostgresBackend(options);
try {
  await backend.initialize(); // creates the table, as the first operation would
  await backend.delete("/"); // files of an earlier run
  await workTogether(["anna", "bob", "carol"]);
  await delegate();
} finally {
  await backend.close();
}

/** Runs agents concurrently, each with its own backend, as in separate processes. No edit is lost. */
async function workTogether(names: string[]): Promise<void> {
  await backend.write("/board.md", names.map((name) => `- [ ] ${name}: to be done\n`).join(""));

  const model = await exampleModel(tickOff);
  await Promise.all(
    names.map(async (name) => {
      const own = new PostgresBackend(options);
      try {
        const agent = createDeepAgent({ model, backend: own });
        const content = `Tick off the line of ${name} in /board.md. Edit that line only.`;
        await agent.invoke({ messages: [{ role: "user", content }] });
      } finally {
        await own.close();
      }
    }),
  );

  const { content } = await backend.read("/board.md");
  console.log(`\n/board.md, after ${names.length} agents at once:\n\n${content}`);
  for (const name of names) assert.match(String(content), new RegExp(`^- \\[x\\] ${name}`, "m"));
}

/** Runs an agent with sub-agents, which share a backend, so that they can pass results as paths. */
async function delegate(): Promise<void> {
  const agent = createDeepAgent({
    model: await exampleModel(coordinate), // yours: "anthropic:claude-sonnet-4-6"
    backend,
    subagents: [
      {
        name: "researcher",
        description: "Writes what it knows of one topic to the file that it is told.",
        systemPrompt:
          "Write five lines on the topic to the file that you are told. Answer with its path only.",
        model: await exampleModel(research), // default: the agent's model
      },
      {
        name: "writer",
        description: "Makes one text of several files.",
        systemPrompt:
          "Read the files that you are told, and write one text of them. Answer with its path only.",
        model: await exampleModel(summarize),
      },
    ],
  });
  const task = `Have two researchers write, at the same time, of tables to /research/tables.md and of indexes to
/research/indexes.md. Then have a writer make /report.md of both files.`;
  const { messages } = await agent.invoke({ messages: [{ role: "user", content: task }] });
  console.log(`\n${messages.at(-1)?.text}\n`);

  const { files = [] } = await backend.glob("**/*.md");
  for (const { path, size } of files) console.log(`${path}, ${size} bytes`);
  const paths = files.map((file) => file.path);
  for (const path of ["/research/tables.md", "/research/indexes.md", "/report.md"]) {
    assert.ok(paths.includes(path), `${path} is missing`);
  }
  const { matches = [] } = await backend.grep("index", "/report.md");
  assert.notEqual(matches.length, 0, "the report says nothing of indexes");
}

// Steps of the agents if no real model is available.

function* tickOff(task: string): Script {
  const name = /line of (\w+)/.exec(task)?.[1];
  yield { tool: "read_file", args: { file_path: "/board.md" } };
  const [old_string, new_string] = [`- [ ] ${name}: to be done`, `- [x] ${name}: done`];
  yield { tool: "edit_file", args: { file_path: "/board.md", old_string, new_string } };
  return "Done.";
}

function* coordinate(): Script {
  const delegated = (subagent_type: string, description: string) => ({
    tool: "task",
    args: { subagent_type, description },
  });
  yield [
    delegated("researcher", "Write of tables to /research/tables.md."),
    delegated("researcher", "Write of indexes to /research/indexes.md."),
  ];
  yield delegated("writer", "Make /report.md of /research/tables.md and /research/indexes.md.");
  return "The report is /report.md.";
}

function* research(task: string): Script {
  const [, topic, path] = /of (\w+) to (\S+)\.$/.exec(task) ?? [];
  const content = `# About ${topic}\n\nIn PostgreSQL ${topic} are relations, and each is a file.\n`;
  yield { tool: "write_file", args: { file_path: path, content } };
  return `${path}`;
}

function* summarize(task: string): Script {
  const [, to, ...from] = /Make (\S+) of (\S+) and (\S+)\.$/.exec(task) ?? [];
  const read = yield from.map((file_path) => ({ tool: "read_file", args: { file_path } }));
  const facts = read.split("\n").filter((line) => line.startsWith("In PostgreSQL"));
  yield { tool: "write_file", args: { file_path: to, content: `# Report\n\n${facts.join("\n")}\n` } };
  return `${to}`;
}
