import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";

/** Call of a deepagents tool. */
export type ToolCall = readonly [tool: string, args: Record<string, unknown>];

/** Returns the parallel calls of a turn; none ends the run. */
type Script = (task: string, turn: number) => readonly ToolCall[] | Promise<readonly ToolCall[]>;

/** Chat model without a network. It is stateless between turns, so one instance can serve concurrent runs. */
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
