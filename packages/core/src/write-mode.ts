import { callOption } from "./caller-functions.js";
import { describeValue } from "./describe-value.js";
import { RemoteBackendError } from "./errors.js";

/** Whether `write` may replace a file. */
export type WriteMode = "create" | "overwrite";

/** What `write` does with a file that exists, under one path. */
export type WritePolicy = WriteMode | "create-or-same";

/**
 * How `write` treats an existing file. In create mode two areas are deepagents' own: tool results are evicted by
 * call id, where a refused write loses the result; and a history may be written again with the same content, but
 * never replaced, since after a failed download deepagents would write a new section over all of it.
 * @param mode The user's choice for all paths, or by path (absolute, as the model gave it).
 * @throws RemoteBackendError `invalid-options` for a function that throws, is async, or returns anything but a mode.
 */
export function writePolicy(mode: WriteMode | ((path: string) => WriteMode), relative: string): WritePolicy {
  const chosen = typeof mode === "function" ? choose(mode, `/${relative}`) : mode;
  if (chosen === "overwrite") return "overwrite";
  if (relative.startsWith("large_tool_results/")) return "overwrite";
  return relative.startsWith("conversation_history/") ? "create-or-same" : "create";
}

function choose(mode: (path: string) => WriteMode, path: string): WriteMode {
  const chosen: unknown = callOption("writeMode", () => mode(path));
  if (chosen === "create" || chosen === "overwrite") return chosen;
  throw new RemoteBackendError(
    "invalid-options",
    `The function given as 'writeMode' must return "create" or "overwrite", not ${describeValue(chosen)}.`,
  );
}
