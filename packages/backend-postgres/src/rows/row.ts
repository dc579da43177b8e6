import { RemoteBackendError } from "@deepagents-remote/core";
import {
  byteLength,
  type CallTime,
  type Change,
  decodeContent,
  decodeUtf8,
  decodeUtf8InSlices,
  decodeUtf8Slices,
  encodeInSlices,
  isTextMimeType,
  isUtf8InSlices,
  joinUtf8,
  mimeTypeOf,
  type StoredFile,
  toLineArray,
} from "@deepagents-remote/core/adapter";
import { type Column, text } from "../connection/statement.js";
import { decodeBase64Into, fromBase64 } from "./base64.js";
import { indexLines, type LineIndex } from "./line-index.js";

/** Text beyond this lives in `bytes`: a JSONB array holds 16,777,216 elements at most, and takes long to take apart. */
const MAX_TEXT_BYTES = 4 * 1024 * 1024;
const MAX_TEXT_LINES = 1_000_000;

/** Ends what stands in `content` of every file that lives in `bytes`: for Python to show, for searches to find. */
export const BYTES_NOTICE = "in bytea";

/** The columns of a file that depend on its content. */
export interface ContentColumns {
  /** What the Python package reads; of a text in `bytes`, where its lines begin. */
  readonly content: { readonly content: readonly string[]; readonly lines?: LineIndex };
  /** The file, where `content` cannot hold it. */
  readonly bytes: Uint8Array | null;
  readonly mime_type: string;
  readonly size: number;
}

/**
 * Takes a file's content apart, a large one in slices: lines of text into JSONB; bytes, NUL and very large text into BYTEA.
 * @throws RemoteBackendError `timeout`
 */
export async function contentColumns(
  key: string,
  change: Pick<Change, "content" | "isText">,
  call?: CallTime,
): Promise<ContentColumns> {
  const isText = change.isText ?? typeof change.content === "string";
  const mime_type = mimeTypeOf(key, isText ? "" : change.content);
  const isSmallText = isText && change.content.length <= MAX_TEXT_BYTES;
  const content = isSmallText ? await decodeText(change.content, call) : change.content;
  if (typeof content === "string" && content.length <= MAX_TEXT_BYTES && !content.includes("\0")) {
    const size = byteLength(content);
    const lines = size <= MAX_TEXT_BYTES ? toLineArray(content) : undefined;
    if (lines && lines.length <= MAX_TEXT_LINES) {
      return { content: { content: lines }, bytes: null, mime_type, size };
    }
  }
  const bytes = await encodeInSlices(content, call);
  const size = bytes.length;
  const notice = `[${mime_type}, ${size} bytes, stored ${BYTES_NOTICE}]`;
  const lines = isText ? { lines: await indexLines(bytes, call) } : {};
  return { content: { content: [notice], ...lines }, bytes, mime_type, size };
}

const decodeText = async (content: string | Uint8Array, call?: CallTime): Promise<string> =>
  typeof content === "string" ? content : (await decodeUtf8InSlices(content, call))!;

/** What `storedFile` says of a row that another program made for itself. */
export const foreignRow = () =>
  new RemoteBackendError("corrupt", "The row of this file holds something that is not a file.");

/** Whether our columns describe the file: a writer that does not know them changes `modified_at` only. */
export const OURS = "f.ours_at = f.modified_at";

/** Whether the file's content is in `bytes`. */
export const IN_BYTES = `f.bytes IS NOT NULL AND ${OURS}`;

/** Bytes of a large file that travel in one statement: several copies of them exist at a time. */
export const PART_BYTES = 2 * 1024 * 1024;

/**
 * The columns that `storedFile` takes, of a table `f`. Times travel as milliseconds: text would depend on the
 * server's DateStyle, and bytes as base64, the shortest, whatever its `bytea_output`. Of a large file only the length
 * comes: its bytes are fetched in parts.
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

/** The length of a file's bytes when they are fetched in parts. */
export const lengthOfParts = (row: readonly Column[]): number | undefined => {
  const length = text(row[8]);
  return length === undefined ? undefined : Number(length);
};

/** Puts a file together again. */
export function storedFile(row: readonly Column[]): StoredFile | RemoteBackendError {
  const [, , type, bytes, json] = row;
  return withContent(row, bytes ? decodeBytes(text(type) ?? "", bytes) : decodeJson(text(json)));
}

/**
 * Puts a large file together again. Memory holds it once, and a part of it.
 * @param parts Base64 of its bytes.
 * @throws RemoteBackendError `timeout`
 */
export async function largeFile(
  row: readonly Column[],
  parts: AsyncIterable<Buffer>,
  call: CallTime & { readonly raw?: boolean },
): Promise<StoredFile | RemoteBackendError> {
  const isText = isTextMimeType(text(row[2]) ?? "");
  if (isText && !call.raw)
    return withContent(row, await decodeUtf8Slices(joinUtf8(decodeParts(parts)), call));
  const bytes = new Uint8Array(lengthOfParts(row)!);
  let end = 0;
  for await (const part of parts) end = decodeBase64Into(bytes, end, part);
  if (isText && !(await isUtf8InSlices(bytes, call))) return foreignRow();
  return withContent(row, bytes, isText);
}

/** Decodes parts into the same memory, one after another. */
async function* decodeParts(parts: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  const bytes = new Uint8Array(PART_BYTES);
  for await (const part of parts) yield bytes.subarray(0, decodeBase64Into(bytes, 0, part));
}

function withContent(
  row: readonly Column[],
  content: string | Uint8Array | undefined,
  isText = false,
): StoredFile | RemoteBackendError {
  if (content === undefined) return foreignRow();
  const [path, version, , , , createdAt, modifiedAt, writeIds] = row;
  return {
    key: text(path)!,
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
