import { utf8Slices } from "@deepagents-remote/core/adapter";
import { base64Parameter, toBase64 } from "../rows/base64.js";
import { isLarge, type LargeParameter, type LargeParameters, SLICE_BYTES } from "./large-parameters.js";

/** A text, encoded as UTF-8. */
interface Utf8 {
  readonly utf8: Uint8Array;
}

/**
 * Value to bind to a statement: text, NULL, or bytes, which are bound as base64. Statements cast parameters themselves.
 */
export type Parameter = string | Uint8Array | Utf8 | null;

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
    if (parameter === null || typeof parameter === "string") texts.push(parameter);
    else if (large && isLarge(bytesOf(parameter).length)) {
      const token = large.add(largeParameter(parameter));
      tokens.push(token);
      texts.push(token);
    } else if ("utf8" in parameter) texts.push(Buffer.from(parameter.utf8).toString());
    else texts.push(await toBase64(parameter));
  }
  return { texts, tokens };
}

const bytesOf = (parameter: Uint8Array | Utf8): Uint8Array =>
  "utf8" in parameter ? parameter.utf8 : parameter;

function largeParameter(parameter: Uint8Array | Utf8): LargeParameter {
  if (!("utf8" in parameter)) return base64Parameter(parameter);
  const { utf8 } = parameter;
  return { length: utf8.length, slices: () => utf8Slices(utf8, SLICE_BYTES) };
}
