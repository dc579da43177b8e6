import { check } from "../../assert.js";
import { NotTried } from "../../not-tried.js";
import type { ToolCall } from "./scripted-model.js";

/** Calls of deepagents' tools, as a model makes them, with real paths. */
export const call = {
  ls: (path: string): ToolCall => ({ tool: "ls", args: { path } }),
  read: (file_path: string, window: { offset?: number; limit?: number } = {}): ToolCall => ({
    tool: "read_file",
    args: { file_path, ...window },
  }),
  write: (file_path: string, content: string): ToolCall => ({
    tool: "write_file",
    args: { file_path, content },
  }),
  edit: (file_path: string, old_string: string, new_string: string): ToolCall => ({
    tool: "edit_file",
    args: { file_path, old_string, new_string },
  }),
  grep: (pattern: string, path: string): ToolCall => ({ tool: "grep", args: { pattern, path } }),
  glob: (pattern: string, path: string): ToolCall => ({ tool: "glob", args: { pattern, path } }),
  delete: (file_path: string): ToolCall => ({ tool: "delete", args: { file_path } }),
  task: (subagent_type: string, description = "Do it."): ToolCall => ({
    tool: "task",
    args: { subagent_type, description },
  }),
};

/** Fails unless a tool's answer contains these texts, in this order, and no error. */
export function tells(what: string, answer: string | undefined, ...texts: readonly string[]): void {
  check(answer !== undefined && !answer.startsWith("Error"), what, "no error", answer);
  let from = 0;
  for (const text of texts) {
    const at = answer.indexOf(text, from);
    check(
      at >= 0,
      what,
      `an answer with ${JSON.stringify(text)}${from > 0 ? " behind what is before it" : ""}`,
      answer,
    );
    from = at + text.length;
  }
}

/**
 * Fails unless a tool's answer reports a failure and matches each of `words`. Most tools pass on the backend's message,
 * so it need not begin with `Error`.
 */
export function tellsFailure(what: string, answer: string | undefined, ...words: readonly RegExp[]): void {
  const isFailure =
    answer !== undefined &&
    answer !== "" &&
    !/^(Successfully|Deleted|No (files|matches) found|@@)/.test(answer);
  check(isFailure, what, "a failure, reported as one", answer);
  for (const word of words) check(word.test(answer), what, `a failure told with ${word}`, answer);
}

/**
 * Returns the path that deepagents gives the model for content that it moved out of the conversation.
 * @throws ConformanceFailure if there is none in this area.
 */
export function pathIn(
  area: "large_tool_results" | "conversation_history",
  shown: string | undefined,
): string {
  const [path] = new RegExp(`/${area}/.*`).exec(shown ?? "") ?? [];
  check(path !== undefined, "what the model is shown", `a path in /${area}/`, shown);
  return path;
}

/**
 * Ends a case that needs a tool.
 * @param offered Tools offered to a model.
 * @throws NotTried if this version of deepagents does not have the tool.
 */
export function needsTool(name: string, offered: ReadonlySet<string>): void {
  if (offered.has(name)) return;
  throw new NotTried({ status: "unavailable", reason: `the deepagents installed has no tool \`${name}\`` });
}
