import { isUtf8 } from "node:buffer";
import { mimeTypeOf } from "../mime.js";
import { detectType } from "./detect.js";
import { isTruncated } from "./truncated.js";
import { utf16Name } from "./utf16.js";

/**
 * Types of binary content that a model can be shown, each with a provider that accepts it: Anthropic (A), OpenAI (O),
 * Google (G), as of their documentation of 2026. Other providers answer HTTP 400, and the block stays in the thread
 * forever. HEIC and HEIF are excluded: only Google accepts them, and every tool converts them.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/vision
 * @see https://developers.openai.com/api/docs/guides/images-vision
 * @see https://ai.google.dev/gemini-api/docs/image-understanding
 */
export const SHOWN_TYPES: Readonly<Record<string, string>> = {
  "image/png": "AOG",
  "image/jpeg": "AOG",
  "image/webp": "AOG",
  "image/gif": "AO",
  "application/pdf": "AOG",
  "audio/mpeg": "OG",
  "audio/wav": "OG",
  "audio/aiff": "G",
  "audio/aac": "G",
  "audio/ogg": "G",
  "audio/flac": "G",
  "video/mp4": "G",
  "video/webm": "G",
  "video/mpeg": "G",
  "video/quicktime": "G",
  "video/x-msvideo": "G",
  "video/x-flv": "G",
  "video/x-ms-wmv": "G",
  "video/3gpp": "G",
  "application/vnd.ms-powerpoint": "O",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": "O",
};

/** Type under which content is shown to a model, or the reason why it is not shown. */
export type Shown = { readonly mimeType: string } | { readonly error: string };

/** Decides how content is shown, by its bytes, because a name may be wrong. */
export function showBytes(path: string, content: Uint8Array): Shown {
  const named = mimeTypeOf(path, content);
  const found = detectType(content);
  const type = found && (!found.isWeak || found.type === named) ? found.type : undefined;
  const size = `${content.byteLength} bytes`;
  if (type !== undefined && type in SHOWN_TYPES) {
    if (!isTruncated(type, content)) return { mimeType: type };
    return { error: `File '${path}' is truncated: its data (${type}, ${size}) ends too early to be shown` };
  }
  if (type === "image/heic" || type === "image/heif") {
    return {
      error: `File '${path}' is a picture that most models cannot be shown (${type}, ${size}); convert it to JPEG or PNG`,
    };
  }
  const isMisnamed = named in SHOWN_TYPES && content.byteLength > 0;
  if (!isMisnamed) {
    const utf16 = utf16Name(content);
    if (utf16) {
      return {
        error: `File '${path}' is text in ${utf16} (${named}, ${size}) and cannot be shown; convert it to UTF-8`,
      };
    }
    return { error: `File '${path}' is binary (${type ?? named}, ${size}) and cannot be shown` };
  }
  return {
    error:
      `File '${path}' cannot be shown: its name says ${named}, and its ${size} are ${type ?? kindOf(content)}. ` +
      "Store it under a name with the right extension",
  };
}

/** Number of bytes by which text is described. */
const START = 4_096;

/** Describes bytes of an unknown type in a word. */
function kindOf(content: Uint8Array): string {
  if (content.includes(0) || !isUtf8(content)) return utf16Name(content) ?? "of an unknown type";
  const start = Buffer.from(content.subarray(0, START)).toString();
  if (/^\s*[{[]/.test(start)) return "JSON text";
  return /^\s*<(!doctype html|html|head|body)\b/i.test(start) ? "HTML text" : "text";
}
