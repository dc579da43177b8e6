import { decodeBase64 } from "./base64.js";

/** Text file in the form that the Python package stores, with its metadata. */
export interface Envelope {
  readonly content: string | Uint8Array;
  readonly createdAt: Date;
  readonly modifiedAt: Date;
  /** Foreign keys of the envelope, which are preserved by a rewrite. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/**
 * Splits a text into the stored array of lines: split on `\n`, so a final newline becomes a final `""`, and empty text
 * `[]`.
 */
export const toLineArray = (text: string): string[] => (text === "" ? [] : text.split("\n"));

/**
 * Decodes a stored `content`: an array of lines, or a string in deepagents' newer format, with `encoding: "base64"` for
 * bytes.
 * @returns `undefined` for anything else, which is foreign data.
 */
export function decodeContent(content: unknown, encoding?: unknown): string | Uint8Array | undefined {
  if (Array.isArray(content)) {
    return content.every((line) => typeof line === "string") ? content.join("\n").toWellFormed() : undefined;
  }
  if (typeof content !== "string") return undefined;
  return encoding === "base64" ? decodeBase64(content) : content.toWellFormed();
}

/** Serializes the JSON line-array envelope. */
export function encodeEnvelope(file: Omit<Envelope, "content"> & { readonly content: string }): string {
  return JSON.stringify({
    ...file.extra,
    content: toLineArray(file.content),
    created_at: file.createdAt.toISOString(),
    modified_at: file.modifiedAt.toISOString(),
  });
}

const date = (value: unknown): Date | undefined => {
  const parsed = typeof value === "string" ? new Date(value) : undefined;
  return parsed && !Number.isNaN(parsed.getTime()) ? parsed : undefined;
};

/**
 * Parses an envelope of this package, of the Python package (`+00:00`, microseconds) or of deepagents.
 * @returns `undefined` for anything else: a JSON file that merely resembles an envelope is the user's own.
 */
export function decodeEnvelope(json: string): Envelope | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { content: stored, encoding } = value as Record<string, unknown>;
  const content = decodeContent(stored, encoding);
  return content === undefined ? undefined : envelopeWith(content, value as Record<string, unknown>);
}

/**
 * Builds an envelope from a content and the fields that were stored with it.
 * @returns `undefined` unless both times are present.
 */
export function envelopeWith(
  content: string | Uint8Array,
  fields: Readonly<Record<string, unknown>>,
): Envelope | undefined {
  const { content: _, encoding: __, created_at, modified_at, ...extra } = fields;
  const createdAt = date(created_at);
  const modifiedAt = date(modified_at);
  return createdAt && modifiedAt && { content, createdAt, modifiedAt, extra };
}
