import type { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { CREATE_ONLY_WRITE_FILE_DESCRIPTION } from "@deepagents-remote/core";
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
  return createDeepAgent({
    model,
    backend,
    systemPrompt: SYSTEM_PROMPT,
    middleware: [
      // In the place of the built-in one, whose write_file tells the model that it replaces files.
      createFilesystemMiddleware({
        backend,
        customToolDescriptions: { write_file: CREATE_ONLY_WRITE_FILE_DESCRIPTION },
      }),
      ...middleware,
    ],
  });
}
