import type { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { withCreateOnlyFiles } from "@deepagents-remote/core";
import type { BaseLanguageModel } from "@langchain/core/language_models/base";
import { createDeepAgent, createFilesystemMiddleware } from "deepagents";
import type { AgentMiddleware } from "langchain";

const SYSTEM_PROMPT =
  "You study source code. Your files are in a database: /workspace/ holds the code and is not to be changed, " +
  "/reports/ is for reports, /scratch/ for notes.";

/** Creates a Deep Agent with its files in `backend`. Its `write_file` never overwrites a file. */
export function createSourceAgent(
  backend: PostgresBackend,
  model: BaseLanguageModel,
  middleware: AgentMiddleware[] = [],
) {
  return createDeepAgent(
    // Tells the model that write_file only creates files: the description of deepagents says that it replaces them.
    withCreateOnlyFiles(createFilesystemMiddleware, {
      model,
      backend,
      systemPrompt: SYSTEM_PROMPT,
      middleware,
    }),
  );
}
