import { RemoteBackendError } from "@deepagents-remote/core";
import {
  BytesSink,
  byteLength,
  type CallTime,
  type Change,
  countNewlines,
  decodeContent,
  decodeLinesSlices,
  decodeUtf8,
  decodeUtf8InSlices,
  decodeUtf8Slices,
  encodeInSlices,
  encodeLinesInSlices,
  type GetOptions,
  indexLines,
  isTextMimeType,
  isUtf8InSlices,
  joinUtf8,
  type LineIndex,
  mimeTypeOf,
  type StoredFile,
  toLineArray,
  utf8Slices,
} from "@deepagents-remote/core/adapter";
import { isLarge, SLICE_BYTES } from "../connection/large-parameters.js";
import { type Column, text } from "../connection/statement.js";
import { decodeBase64Into, fromBase64 } from "./base64.js";

/**
 * Maximum text size in JSONB; larger texts are stored in `bytes`. A JSONB array holds at most 16,777,216 elements, and
 * is slow to expand.
 */
const MAX_TEXT_BYTES = 4 * 1024 * 1024;
const MAX_TEXT_LINES = 1_000_000;

/**
 * End of the notice in `content` of every file that is stored in `bytes`. Python shows the notice, and searches find
 * the file by it.
 */
export const BYTES_NOTICE = "in bytea";

/** Columns of a file that depend on its content. */
export interface ContentColumns {
  /** Content as the Python package reads it. For a text in `bytes`, a notice and the line index. */
  readonly content: { readonly content: readonly string[]; readonly lines?: LineIndex } | Uint8Array;
  /** Content of a file that `content` cannot hold. */
  readonly bytes: Uint8Array | null;
  readonly mime_type: string;
  readonly size: number;
}

/**
 * Converts a file's content to columns, large content in slices: lines of text to JSONB; binary content, text with NUL
 * and very large text to BYTEA.
 * @throws RemoteBackendError `timeout`
 */
export async function contentColumns(
  key: string,
  change: Pick<Change, "content" | "isText">,
  options?: CallTime,
): Promise<ContentColumns> {
  const given = change.content;
  const isText = change.isText ?? typeof given === "string";
  const mime_type = mimeTypeOf(key, isText ? "" : given);
  const small = isText && !isLarge(given.length) ? await smallText(given, options) : undefined;
  if (small) return { content: { content: small.lines }, bytes: null, mime_type, size: small.size };
  const bytes = await encodeInSlices(given, options);
  const size = bytes.length;
  if (isText && isLines(bytes)) {
    return { content: await encodeLinesInSlices(bytes, options, SLICE_BYTES), bytes: null, mime_type, size };
  }
  const notice = `[${mime_type}, ${size} bytes, stored ${BYTES_NOTICE}]`;
  const lines = isText ? { lines: await indexLines(bytes, options) } : {};
  return { content: { content: [notice], ...lines }, bytes, mime_type, size };
}

/** Returns lines and size of a text that JSONB can hold; `undefined` for any other. */
async function smallText(text: string | Uint8Array, options?: CallTime) {
  const content = typeof text === "string" ? text : (await decodeUtf8InSlices(text, options))!;
  const lines = content.includes("\0") ? [] : toLineArray(content);
  if (content !== "" && lines.length === 0) return undefined;
  return lines.length <= MAX_TEXT_LINES ? { lines, size: byteLength(content) } : undefined;
}

/** True if JSONB can hold the text. */
const isLines = (text: Uint8Array): boolean =>
  text.length > 0 &&
  text.length <= MAX_TEXT_BYTES &&
  !text.includes(0) &&
  countNewlines(text, 0, text.length) < MAX_TEXT_LINES;

/** Creates the error for a foreign row that is not a file. */
export const foreignRow = () =>
  new RemoteBackendError("corrupt", "The row of this file does not contain a valid file.");

/** True if our columns describe the current file. A writer that does not know them changes `modified_at` only. */
export const OURS = "f.ours_at = f.modified_at";

/** True if the file's content is in `bytes`. */
export const IN_BYTES = `f.bytes IS NOT NULL AND ${OURS}`;

/** Maximum bytes of a large file per statement. Bounded, because several copies of them exist at a time. */
export const PART_BYTES = 2 * 1024 * 1024;

/**
 * Columns that `storedFile` takes, of a table `f`. Times are sent as milliseconds, because text depends on the server's
 * DateStyle; bytes as base64, which is shorter than hex and independent of `bytea_output`. For a large file only the
 * length is sent: its bytes are fetched in parts.
 */
export const FILE_COLUMNS = `f.path,
  f.xmin::text,
  CASE WHEN ${IN_BYTES} THEN f.mime_type END,
  CASE WHEN ${OURS} AND octet_length(f.bytes) <= ${PART_BYTES} THEN encode(f.bytes, 'base64') END,
  CASE WHEN ${IN_BYTES} THEN NULL ELSE f.content::text END,
  (extract(epoch FROM f.created_at) * 1000)::text,
  (extract(epoch FROM f.modified_at) * 1000)::text,
  array_to_json(f.write_ids)::text,
  CASE WHEN ${OURS} AND octet_length(f.bytes) > ${PART_BYTES} THEN octet_length(f.bytes)::text END`;

/** Returns the length of a file's bytes if they have to be fetched in parts. */
export const lengthOfParts = (row: readonly Column[]): number | undefined => {
  const length = text(row[8]);
  return length === undefined ? undefined : Number(length);
};

/** Decodes a row into a file. */
export function storedFile(row: readonly Column[]): StoredFile | RemoteBackendError {
  const [, , type, bytes, json] = row;
  return withContent(row, bytes ? decodeBytes(text(type) ?? "", bytes) : decodeJson(text(json)));
}

/**
 * Decodes a large file from its parts. Memory holds the file once, plus one part.
 * @param parts Base64 of its bytes.
 * @throws RemoteBackendError `timeout`
 */
export async function largeFile(
  row: readonly Column[],
  parts: AsyncIterable<Buffer>,
  options: GetOptions,
): Promise<StoredFile | RemoteBackendError> {
  const isText = isTextMimeType(text(row[2]) ?? "");
  if (isText && !options.raw)
    return withContent(row, await decodeUtf8Slices(joinUtf8(decodeParts(parts)), options));
  const bytes = new Uint8Array(lengthOfParts(row)!);
  let end = 0;
  for await (const part of parts) end = decodeBase64Into(bytes, end, part);
  if (isText && !(await isUtf8InSlices(bytes, options))) return foreignRow();
  return withContent(row, bytes, isText);
}

/** Decodes parts one after another, reusing one buffer. */
async function* decodeParts(parts: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  const bytes = new Uint8Array(PART_BYTES);
  for await (const part of parts) yield bytes.subarray(0, decodeBase64Into(bytes, 0, part));
}

/** True if the lines of the row are decoded in slices. */
export const isInSlices = (row: readonly Column[]): boolean =>
  lengthOfParts(row) !== undefined || isLarge(row[4]?.length ?? 0);

/**
 * Decodes a row with many lines into a file, in slices.
 * @throws RemoteBackendError `timeout`
 */
export async function fileOfLines(
  row: readonly Column[],
  options: GetOptions,
): Promise<StoredFile | RemoteBackendError> {
  const json = row[4]!;
  const sink = options.raw ? new BytesSink(json.length) : undefined;
  const decoded = await decodeLinesSlices(utf8Slices(json, SLICE_BYTES), options, sink);
  return decoded ? withContent(row, decoded.content, options.raw) : storedFile(row);
}

function withContent(
  row: readonly Column[],
  content: string | Uint8Array | undefined,
  isText = false,
): StoredFile | RemoteBackendError {
  if (content === undefined) return foreignRow();
  const [key, version, , , , createdAt, modifiedAt, writeIds] = row;
  return {
    key: text(key)!,
    version: text(version)!,
    content,
    ...(isText && { isText }),
    createdAt: new Date(Number(text(createdAt))),
    modifiedAt: new Date(Number(text(modifiedAt))),
    writeIds: writeIds ? JSON.parse(text(writeIds)!) : [],
  };
}

function decodeBytes(type: string, column: Buffer): string | Uint8Array | undefined {
  const bytes = fromBase64(column);
  return isTextMimeType(type) ? decodeUtf8(bytes) : bytes;
}

function decodeJson(json: string | undefined): string | Uint8Array | undefined {
  const value = JSON.parse(json ?? "null");
  return typeof value === "object" && value !== null
    ? decodeContent(value.content, value.encoding)
    : undefined;
}
