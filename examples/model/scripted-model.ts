import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";

/** A tool call, and what its answer must be. */
export interface ScriptedCall {
  say?: string;
  tool: string;
  args: Record<string, unknown>;
  /** Says what is wrong with the answer; nothing when it is right. */
  wrong?: (answer: string) => string | undefined;
}

/**
 * Gives one call after the other, or several at once, gets their answers (of several, a line break between them), and
 * ends with the model's last words.
 */
export type Script = Generator<ScriptedCall | ScriptedCall[], string, string>;

/**
 * A chat model without a network: at every turn it plays its script through the tools' answers so far, and calls
 * what comes next. It keeps nothing between turns, like a real one.
 */
export class ScriptedModel extends BaseChatModel {
  readonly #script: (task: string) => Script;

  /** @param script Gets what the user, or the agent that calls this one, has asked for last. */
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

export class UnexpectedAnswer extends Error {
  constructor(step: number, tool: string, problem: string) {
    super(`Step ${step}: ${tool} answered wrongly: ${problem}`);
    this.name = "UnexpectedAnswer";
  }
}
