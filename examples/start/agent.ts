import type { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { withCreateOnlyFiles } from "@deepagents-remote/core";
import type { BaseLanguageModel } from "@langchain/core/language_models/base";
import { createDeepAgent, createFilesystemMiddleware } from "deepagents";
import type { AgentMiddleware } from "langchain";

const SYSTEM_PROMPT =
  "You study source code. Your files are in a database: /workspace/ holds the code and is not to be changed, " +
  "/reports/ is for reports, /scratch/ for notes.";

/** A Deep Agent whose files live in `backend`, which `write_file` never overwrites. */
export function createSourceAgent(
  backend: PostgresBackend,
  model: BaseLanguageModel,
  middleware: AgentMiddleware[] = [],
) {
  return createDeepAgent(
    // Tells the model that write_file creates only: deepagents' own description says that it replaces files.
    withCreateOnlyFiles(createFilesystemMiddleware, {
      model,
      backend,
      systemPrompt: SYSTEM_PROMPT,
      middleware,
    }),
  );
}
