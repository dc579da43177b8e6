import type { BackendProtocolV2, MaybePromise } from "../../../protocol/protocol.js";
import { ConformanceFailure } from "../../assert.js";
import type { CaseContext } from "../../context.js";
import { loadOptional } from "../../optional-package.js";
import type { Subject } from "../../subject.js";
import {
  answersIn,
  DONE,
  type Note,
  type ScriptedModel,
  scriptedModel,
  type Turn,
  taskIn,
} from "./scripted-model.js";
import { withoutTracing } from "./without-tracing.js";

type DeepAgents = typeof import("deepagents");
type AgentOptions = NonNullable<Parameters<DeepAgents["createDeepAgent"]>[0]>;

/** Transcript of an agent's run, as its model saw it. */
interface Run {
  /** Answers of the tools after each turn, in the order of its calls. */
  readonly answers: readonly (readonly string[])[];
  /** Final system prompt, which includes the skills and memories. */
  readonly system: string;
  /** First message of the user, as the model saw it. */
  readonly task: string;
  /** All prompts, turn by turn. */
  readonly prompts: ScriptedModel["prompts"];
  /** Tools offered to the model. */
  readonly tools: ReadonlySet<string>;
}

/** deepagents, with the backend under test. */
export interface AgentHost {
  readonly deepagents: DeepAgents;
  /** The backend as deepagents gets it: a plain object, without methods that are not promised. */
  readonly backend: BackendProtocolV2;
  /** Creates a model that plays these turns, for a subagent. */
  model(...turns: Turn[]): Promise<ScriptedModel["model"]>;
  /** Creates a tool without arguments. */
  tool(name: string, answer: () => MaybePromise<string>): Promise<NonNullable<AgentOptions["tools"]>[number]>;
  /**
   * Runs an agent whose model plays the turns in order.
   * @param options Options of `createDeepAgent`, and the user's `task`. The default backend is the one under test.
   * @throws ConformanceFailure if the run ends early, or the backend threw during it, even if that was caught.
   */
  run(turns: readonly Turn[], options?: AgentOptions & { readonly task?: string }): Promise<Run>;
}

/**
 * Loads deepagents and connects it to the backend.
 * @throws NotTried if `deepagents` or `@langchain/core` is not installed.
 */
export async function hostOf(t: CaseContext): Promise<AgentHost> {
  const deepagents = await loadOptional<DeepAgents>("deepagents");
  const failures: unknown[] = [];
  const note: Note = (failure) => void failures.push(failure);
  const backend = handedOver(t, note);
  let models = 0;
  const model = (...turns: Turn[]) => scriptedModel(`${t.name}-${models++}`, turns, note);

  return {
    deepagents,
    backend,
    model: async (...turns) => (await model(...turns)).model,
    async tool(name, answer) {
      const { tool } = await loadOptional<typeof import("@langchain/core/tools")>("@langchain/core/tools");
      return tool(answer, { name, description: name, schema: { type: "object", properties: {} } });
    },
    async run(turns, { task = "Do it.", ...options } = {}) {
      const scripted = await model(...turns);
      const agent = deepagents.createDeepAgent({
        backend,
        ...options,
        model: scripted.model,
      } as AgentOptions);
      const input = { messages: [{ role: "user", content: task }] };
      const last = await withoutTracing(() => agent.invoke(input)).then(
        ({ messages }) => messages.at(-1)?.text,
        (error: unknown) => String(error),
      );
      if (failures.length > 0) throw failures[0];
      if (last !== DONE) throw new ConformanceFailure("the agent's run", "its last turn", last ?? "nothing");
      return shown(scripted);
    },
  };
}

function shown({ prompts, offered }: ScriptedModel): Run {
  const last = prompts.at(-1) ?? [];
  return {
    answers: prompts.slice(1).map(answersIn),
    system: last.find(({ type }) => type === "system")?.text ?? "",
    task: taskIn(prompts[0]),
    prompts,
    tools: offered,
  };
}

function handedOver(t: CaseContext, note: Note): BackendProtocolV2 {
  const { delete: deletePath, uploadFiles, downloadFiles, ...required } = t.backend;
  const methods: Partial<Subject> = {
    ...required,
    ...(t.capabilities.delete && { delete: deletePath }),
    ...(t.capabilities.transfer && { uploadFiles, downloadFiles }),
  };
  const noted = Object.entries(methods).map(([name, method]) => {
    const call = (...args: unknown[]) =>
      (method as (...args: unknown[]) => Promise<unknown>)(...args).catch((failure) => {
        note(failure);
        throw failure;
      });
    return [name, call];
  });
  return Object.fromEntries(noted) as BackendProtocolV2;
}
