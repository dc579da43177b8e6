import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { AIMessage, BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { loadOptional } from "../../optional-package.js";

/** A call of a tool. Give the `id` where it matters; otherwise each call of a run has its own. */
export interface ToolCall {
  readonly tool: string;
  readonly args: Record<string, unknown>;
  readonly id?: string;
}

/** What the model does in one turn, all at once: given what the tools have said since the last one, and the task. */
export type Turn = readonly ToolCall[] | ((answers: readonly string[], task: string) => readonly ToolCall[]);

/** A chat model without a network, and what it was shown. */
export interface ScriptedModel {
  readonly model: BaseChatModel;
  /** What it was shown in each turn, the last one included, in which it only says that it is done. */
  readonly prompts: readonly BaseMessage[][];
  /** The names of the tools that it was offered. */
  readonly offered: ReadonlySet<string>;
}

/** How the prompt of a summary begins, which is no turn. */
export const SUMMARIZE = "Summarize this: ";

/** The last thing that a model says. */
export const DONE = "I am done.";

/** What the tools have said since the model's last turn, in the order of its calls. */
export const answersIn = (prompt: readonly BaseMessage[]): string[] =>
  prompt
    .slice(prompt.findLastIndex((message) => message.type === "ai") + 1)
    .filter((message) => message.type === "tool")
    .map((message) => message.text);

/** The first message of the user. */
export const taskIn = (prompt: readonly BaseMessage[] = []): string =>
  prompt.find(({ type }) => type === "human")?.text ?? "";

/** Hears of a failure before deepagents does, which swallows some, and passes on others in disguise. */
export type Note = (failure: unknown) => void;

/**
 * Makes a model that does one turn after the other, and then is done. One model serves one run.
 * @param name Unique to the model: its calls' ids begin with it.
 * @param note Hears of what a turn throws.
 * @throws NotTried when `@langchain/core` is not installed.
 */
export async function scriptedModel(
  name: string,
  turns: readonly Turn[],
  note: Note,
): Promise<ScriptedModel> {
  // Their classes are loaded here, so that the suite can be loaded without them.
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
