/**
 * An agent for LangGraph Server. Each user has separate files, even if a client claims to be another user.
 *
 *     npx @langchain/langgraph-cli dev --config examples/langgraph-server/langgraph.json
 */
import { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { getConfig } from "@langchain/langgraph";
import { createDeepAgent } from "deepagents";
import { exampleModel } from "../model/example-model.js";
import type { Script } from "../model/scripted-model.js";

/** Shared backend, which lives as long as the server. */
const backend = new PostgresBackend({
  url: process.env.DATABASE_URL ?? "postgres://postgres:postgres@localhost:5432/deepagents",
  // Set by the server from the result of auth.ts. Clients control everything else in `configurable` and `context`.
  namespace: () => ["users", getConfig()?.configurable?.langgraph_auth_user_id],
  // A file is replaced only by a thread that has read it as it is.
  writeMode: "guarded",
  reader: () => String(getConfig()?.configurable?.thread_id),
});

export const agent = createDeepAgent({
  model: await exampleModel(script), // yours: "anthropic:claude-sonnet-4-6"
  backend,
});

/** Steps of the agent if no real model is available. */
function* script(task: string): Script {
  yield { tool: "write_file", args: { file_path: "/me.md", content: task } };
  return yield { tool: "read_file", args: { file_path: "/me.md" } };
}
