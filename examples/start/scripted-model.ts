import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import { AIMessage, ToolMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import type { FileTool } from "./file-tools.js";

/** A tool call, and what its answer must be. */
export interface ScriptedCall {
  say: string;
  tool: FileTool;
  args: Record<string, unknown>;
  /** Says what is wrong with the answer; nothing when it is right. */
  wrong: (answer: string) => string | undefined;
}

/** Gives one call after the other, gets their answers, and ends with the model's last words. */
export type Script = Generator<ScriptedCall, string, string>;

/**
 * A chat model without a network: at every turn it plays its script through the tools' answers so far, and calls
 * what comes next. It keeps nothing between turns, like a real one.
 */
export class ScriptedModel extends BaseChatModel {
  readonly #script: () => Script;

  constructor(script: () => Script) {
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
    const message = this.#next(messages.filter(ToolMessage.isInstance).map((each) => each.text));
    return { generations: [{ text: message.text, message }] };
  }

  #next(answers: string[]): AIMessage {
    const script = this.#script();
    let now = script.next();
    for (const [index, answer] of answers.entries()) {
      if (now.done) break;
      const problem = now.value.wrong(answer);
      if (problem) throw new UnexpectedAnswer(index + 1, now.value.tool, problem);
      now = script.next(answer);
    }
    if (now.done) return new AIMessage(now.value);
    const { say, tool, args } = now.value;
    return new AIMessage({
      content: say,
      tool_calls: [{ type: "tool_call", id: `call_${answers.length + 1}`, name: tool, args }],
    });
  }
}

export class UnexpectedAnswer extends Error {
  constructor(step: number, tool: string, problem: string) {
    super(`Step ${step}: ${tool} answered wrongly: ${problem}`);
    this.name = "UnexpectedAnswer";
  }
}
