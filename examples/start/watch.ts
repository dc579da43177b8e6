import { ToolMessage } from "@langchain/core/messages";
import { createMiddleware } from "langchain";

/** A completed tool call. */
export interface Step {
  /** Text of the model before the call. For parallel calls, only the first has it. */
  said: string;
  tool: string;
  args: Record<string, unknown>;
  answer: string;
  /** Duration of the tool itself, in milliseconds. */
  ms: number;
}

/** Creates a middleware that reports every tool call. */
export function watch(onStep: (step: Step) => void) {
  let heard: string | undefined;
  return createMiddleware({
    name: "Watch",
    wrapToolCall: async (request, handler) => {
      const started = performance.now();
      const result = await handler(request);
      const message = request.state.messages.at(-1);
      const said = message && message.id !== heard ? message.text : "";
      heard = message?.id;
      onStep({
        said,
        tool: request.toolCall.name,
        args: request.toolCall.args,
        answer: ToolMessage.isInstance(result) ? result.text : "",
        ms: performance.now() - started,
      });
      return result;
    },
  });
}
