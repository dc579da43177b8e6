import { toBase64 } from "../rows/base64.js";
import { isLarge, type LargeParameters } from "./large-parameters.js";

/** Value bound to a statement: text or NULL, which every statement casts itself. Bytes are bound as base64. */
export type Parameter = string | Uint8Array | null;

export type TextParameter = string | null;

/** Parameters as postgres.js takes them. */
export interface Texts {
  readonly texts: TextParameter[];
  /** Tokens among them. */
  readonly tokens: readonly string[];
}

/** @param large Of the pool, if the client is of one; a caller's client gets all as base64. */
export async function asTexts(
  parameters: readonly Parameter[],
  large: LargeParameters | undefined,
): Promise<Texts> {
  const texts: TextParameter[] = [];
  const tokens: string[] = [];
  for (const parameter of parameters) {
    if (!(parameter instanceof Uint8Array)) texts.push(parameter);
    else if (large && isLarge(parameter.length)) {
      const token = large.add(parameter);
      tokens.push(token);
      texts.push(token);
    } else texts.push(await toBase64(parameter));
  }
  return { texts, tokens };
}
