import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";

/** A tool call, and a check of its result. */
interface ScriptedCall {
  say?: string;
  tool: string;
  args: Record<string, unknown>;
  /** Returns a description of the problem if the result is wrong. */
  wrong?: (answer: string) => string | undefined;
}

/**
 * Yields tool calls, one or several at a time, receives their results (several are joined by a line break), and returns
 * the model's final message.
 */
export type Script = Generator<ScriptedCall | ScriptedCall[], string, string>;

/**
 * Chat model without a network. At every turn it replays its script with the tool results so far, and makes the next
 * call. Stateless between turns, like a real model.
 */
export class ScriptedModel extends BaseChatModel {
  readonly #script: (task: string) => Script;

  /** @param script Receives the last request of the user, or of the calling agent. */
  constructor(script: (task: string) => Script) {
    super({});
    this.#script = script;
  }

  override _llmType(): string {
    return "scripted";
  }

  override bindTools(): this {
    return this;
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const asked = messages.findLastIndex(HumanMessage.isInstance);
    const answers = messages.slice(asked + 1).filter(ToolMessage.isInstance);
    const message = this.#next(
      messages[asked]?.text ?? "",
      answers.map((each) => each.text),
    );
    return { generations: [{ text: message.text, message }] };
  }

  #next(task: string, answers: string[]): AIMessage {
    const script = this.#script(task);
    let now = script.next();
    for (let step = 0; step < answers.length && !now.done; ) {
      const calls = [now.value].flat();
      const given = answers.slice(step, step + calls.length);
      for (const [i, { tool, wrong }] of calls.entries()) {
        const problem = wrong?.(given[i] ?? "");
        if (problem) throw new UnexpectedAnswer(step + i + 1, tool, problem);
      }
      now = script.next(given.join("\n"));
      step += calls.length;
    }
    if (now.done) return new AIMessage(now.value);
    const calls = [now.value].flat();
    return new AIMessage({
      content: calls.map(({ say = "" }) => say).join(" "),
      tool_calls: calls.map(({ tool, args }, i) => ({
        type: "tool_call",
        id: `call_${answers.length + i + 1}`,
        name: tool,
        args,
      })),
    });
  }
}

class UnexpectedAnswer extends Error {
  constructor(step: number, tool: string, problem: string) {
    super(`Step ${step}: ${tool} answered wrongly: ${problem}`);
    this.name = "UnexpectedAnswer";
  }
}
