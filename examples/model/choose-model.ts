import type { BaseLanguageModel } from "@langchain/core/language_models/base";
import { initChatModel } from "langchain";
import { type Script, ScriptedModel } from "./scripted-model.js";

export interface ChosenModel {
  name: string;
  model: BaseLanguageModel;
}

/**
 * Returns the scripted model, or the real one that `MODEL=provider:name` names.
 * @param wanted Default: `MODEL` in the environment.
 * @throws Error that says what to install or to set.
 */
export async function chooseModel(
  script: (task: string) => Script,
  wanted = process.env.MODEL,
): Promise<ChosenModel> {
  if (!wanted) {
    return {
      name: "a scripted model; MODEL=provider:name takes a real one",
      model: new ScriptedModel(script),
    };
  }
  const [, provider, name] = /^([^:]+):(.+)$/.exec(wanted) ?? [];
  if (!provider || !name) {
    throw new Error(
      `MODEL must look like provider:name, such as MODEL=openai:gpt-5 or MODEL=anthropic:claude-sonnet-4-6, not "${wanted}".`,
    );
  }
  try {
    return { name: wanted, model: await initChatModel(name, { modelProvider: provider }) };
  } catch (error) {
    throw new Error(`MODEL=${wanted} cannot be used. ${remedy((error as Error).message)}`, { cause: error });
  }
}

function remedy(message: string): string {
  const missing = /^Unable to import (\S+)\. Please install/.exec(message)?.[1];
  if (!missing) return message;
  return `Its package is not installed. Add it with\n\n  npx -y pnpm@10 --filter ./examples add ${missing}\n\nand give its API key in the environment.`;
}
