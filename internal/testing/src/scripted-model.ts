import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";

/** A call of one of deepagents' tools. */
export type ToolCall = readonly [tool: string, args: Record<string, unknown>];

/** Gives the calls of a turn, all made at once; none ends the run. */
export type Script = (task: string, turn: number) => readonly ToolCall[] | Promise<readonly ToolCall[]>;

/** A chat model without a network. It keeps nothing between turns, so one serves many runs at a time. */
export class ScriptedModel extends BaseChatModel {
  readonly #script: Script;

  constructor(script: Script) {
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
    const task = messages.find(HumanMessage.isInstance)!.text;
    const turn = messages.filter(AIMessage.isInstance).length;
    const calls = await this.#script(task, turn);
    const message = new AIMessage({
      content: "",
      tool_calls: calls.map(([name, args], i) => ({
        type: "tool_call",
        id: `call_${turn}_${i}`,
        name,
        args,
      })),
    });
    return { generations: [{ text: "", message }] };
  }
}
