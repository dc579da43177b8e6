import { toBase64 } from "../rows/base64.js";
import { isLarge, type LargeParameters } from "./large-parameters.js";

/**
 * Value to bind to a statement: text, NULL, or bytes, which are bound as base64. Statements cast parameters themselves.
 */
export type Parameter = string | Uint8Array | null;

export type TextParameter = string | null;

/** Parameters in the form that postgres.js takes. */
export interface Texts {
  readonly texts: TextParameter[];
  /** Tokens among the parameters. */
  readonly tokens: readonly string[];
}

/**
 * Converts parameters to text.
 * @param large Large parameters of our own pool; with a caller's client all bytes become base64.
 */
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
