import type { CallTime } from "../support/pace.js";
import { wellFormedInSlices } from "../text/utf8.js";
import { decodeBase64InSlices } from "./base64.js";
import { isBinaryName } from "./mime.js";

/**
 * Converts the string argument of `write` to a file's content: text unchanged, except that lone surrogates become
 * U+FFFD (UTF-8 cannot encode them); base64 for a name with a binary extension. Works in slices.
 * @returns `undefined` if base64 was required and the string is something else.
 * @throws RemoteBackendError `timeout`
 */
export const fromWriteInSlices = (
  path: string,
  content: string,
  options?: CallTime,
): Promise<string | Uint8Array | undefined> =>
  isBinaryName(path) ? decodeBase64InSlices(content, options) : wellFormedInSlices(content, options);
