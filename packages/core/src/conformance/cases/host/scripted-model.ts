import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { AIMessage, BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { loadOptional } from "../../optional-package.js";

/** Call of a tool. Set the `id` if it matters; by default, each call of a run gets a unique one. */
export interface ToolCall {
  readonly tool: string;
  readonly args: Record<string, unknown>;
  readonly id?: string;
}

/**
 * Calls that the model makes at once in one turn, or a function of the tools' answers to its last turn and the task.
 */
export type Turn = readonly ToolCall[] | ((answers: readonly string[], task: string) => readonly ToolCall[]);

/** Chat model without a network, with a record of its prompts. */
export interface ScriptedModel {
  readonly model: BaseChatModel;
  /** Prompts of all turns, including the last one, in which it only says that it is done. */
  readonly prompts: readonly BaseMessage[][];
  /** Names of the tools offered to it. */
  readonly offered: ReadonlySet<string>;
}

/** Start of the prompt for a summary, which is not a turn. */
export const SUMMARIZE = "Summarize this: ";

/** Final message of a model. */
export const DONE = "I am done.";

/** Returns the tools' answers since the model's last turn, in the order of its calls. */
export const answersIn = (prompt: readonly BaseMessage[]): string[] =>
  prompt
    .slice(prompt.findLastIndex((message) => message.type === "ai") + 1)
    .filter((message) => message.type === "tool")
    .map((message) => message.text);

/** Returns the first message of the user. */
export const taskIn = (prompt: readonly BaseMessage[] = []): string =>
  prompt.find(({ type }) => type === "human")?.text ?? "";

/** Records a failure before deepagents sees it, because deepagents swallows some failures and rewords others. */
export type Note = (failure: unknown) => void;

/**
 * Creates a model that plays the turns in order and then is done. A model serves a single run.
 * @param name Name unique to the model: the ids of its calls begin with it.
 * @param note Receives exceptions thrown by a turn.
 * @throws NotTried if `@langchain/core` is not installed.
 */
export async function scriptedModel(
  name: string,
  turns: readonly Turn[],
  note: Note,
): Promise<ScriptedModel> {
  // Imported here, so that the suite can be loaded without the package.
  const { BaseChatModel } = await loadOptional<typeof import("@langchain/core/language_models/chat_models")>(
    "@langchain/core/language_models/chat_models",
  );
  const { AIMessage } =
    await loadOptional<typeof import("@langchain/core/messages")>("@langchain/core/messages");
  const prompts: BaseMessage[][] = [];
  const offered = new Set<string>();

  const calls = (prompt: BaseMessage[]) => {
    const turn = turns[prompts.push(prompt) - 1] ?? [];
    try {
      return typeof turn === "function" ? turn(answersIn(prompt), taskIn(prompt)) : turn;
    } catch (failure) {
      note(failure);
      throw failure;
    }
  };

  class Scripted extends BaseChatModel {
    override _llmType(): string {
      return "scripted";
    }

    override bindTools(tools: readonly object[]): this {
      for (const tool of tools) if ("name" in tool) offered.add(String(tool.name));
      return this;
    }

    override async _generate(prompt: BaseMessage[]): Promise<ChatResult> {
      if (prompt[0]?.text.startsWith(SUMMARIZE)) return says(new AIMessage("A summary."));
      const turn = prompts.length;
      const tool_calls = calls(prompt).map(({ tool, args, id }, i) => ({
        type: "tool_call" as const,
        id: id ?? `${name}-${turn}-${i}`,
        name: tool,
        args,
      }));
      return says(new AIMessage(tool_calls.length > 0 ? { content: "", tool_calls } : DONE));
    }
  }
  return { model: new Scripted({}), prompts, offered };
}

const says = (message: AIMessage): ChatResult => ({ generations: [{ text: message.text, message }] });
