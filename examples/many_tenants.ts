/**
 * One agent and one backend for many tenants: the namespace depends on the user of the run.
 *
 *     npm run example many_tenants
 */
import assert from "node:assert/strict";
import { PostgresBackend, type PostgresBackendOptions } from "@deepagents-remote/backend-postgres";
import { getConfig } from "@langchain/langgraph";
import { createDeepAgent } from "deepagents";
import { exampleModel } from "./model/example-model.js";
import type { Script } from "./model/scripted-model.js";

const options: PostgresBackendOptions = {
  url: process.env.DATABASE_URL ?? "postgres://postgres:postgres@localhost:5432/deepagents",
};
const NAMESPACE = ["examples", "many_tenants"];

/**
 * Backend whose namespace is evaluated for each operation. Without a user the operation fails; it never falls back to a
 * parent namespace. LangGraph Server sets this key from the authenticated user, and no client can overwrite it; here
 * the code below sets it.
 */
const backend = new PostgresBackend({
  ...options,
  namespace: () => [...NAMESPACE, getConfig()?.configurable?.langgraph_auth_user_id],
  writeMode: "guarded", // write_file replaces a file only after it was read
});

/** Backend that sees the files of all tenants. */
const admin = new PostgresBackend({ ...options, namespace: NAMESPACE });

try {
  await admin.delete("/"); // files of an earlier run

  const agent = createDeepAgent({
    model: await exampleModel(script), // yours: "anthropic:claude-sonnet-4-6"
    backend,
  });
  const ask = async (content: string, userId?: string) => {
    const configurable = userId === undefined ? {} : { langgraph_auth_user_id: userId };
    const { messages } = await agent.invoke({ messages: [{ role: "user", content }] }, { configurable });
    console.log(`${userId ?? "(nobody)"}: ${messages.at(-1)?.text}\n`);
  };
  const remember = (color: string) => `Write my favorite color, ${color}, to /me.md. Then list all files.`;

  // The user id comes from your authentication, never from user input.
  const users = { "anna@example.org": "green", "bob@example.org/../anna@example.org": "blue" };
  await Promise.all(Object.entries(users).map(([userId, color]) => ask(remember(color), userId)));

  // Each user has a /me.md and sees no other.
  for (const [userId, color] of Object.entries(users)) {
    const { content } = await admin.withNamespace([userId]).read("/me.md");
    assert.match(String(content), new RegExp(color));
    const others = Object.values(users).filter((other) => other !== color);
    for (const other of others) assert.doesNotMatch(String(content), new RegExp(other));
  }

  await ask(remember("violet"));
  const { matches } = await admin.grep("violet");
  assert.deepEqual(matches, [], "a run without a user has written a file");

  const { files = [] } = await admin.glob("**");
  for (const { path } of files) console.log(path);
} finally {
  await Promise.all([backend.close(), admin.close()]);
}

/** Steps of the agent if no real model is available. */
function* script(task: string): Script {
  const color = /color, (\w+),/.exec(task)?.[1];
  const written = yield {
    tool: "write_file",
    args: { file_path: "/me.md", content: `Favorite color: ${color}\n` },
  };
  const listed = yield { tool: "ls", args: { path: "/" } };
  return `${written}\n${listed}`;
}
