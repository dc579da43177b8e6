import type { BaseLanguageModel } from "@langchain/core/language_models/base";
import { chooseModel } from "./choose-model.js";
import type { Script } from "./scripted-model.js";

/** Default model of each provider, by the environment variable of its API key. */
const MODELS = { ANTHROPIC_API_KEY: "anthropic:claude-sonnet-4-6", OPENAI_API_KEY: "openai:gpt-5" };

let told: string | undefined;

/**
 * Returns the model of an example: the one that `MODEL=provider:name` names, else the default model of a provider whose
 * API key is in the environment. Without a key, or without the provider's package, returns a scripted model.
 */
export async function exampleModel(script: (task: string) => Script): Promise<BaseLanguageModel> {
  const { MODEL } = process.env;
  const byKey = Object.entries(MODELS).find(([key]) => process.env[key])?.[1];
  const { name, model } = await chooseModel(script, MODEL || byKey).catch((error: Error) => {
    if (MODEL) throw error;
    console.log(`${error.message}\n`);
    return chooseModel(script, "");
  });
  if (name !== told) console.log(`The agent is ${name}.\n`);
  told = name;
  return model;
}
