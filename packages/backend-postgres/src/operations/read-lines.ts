import { RemoteBackendError } from "@deepagents-remote/core";
import {
  type CallOptions,
  cutBlocks,
  cutLineArray,
  cutLines,
  decodeContent,
  decodeUtf8,
  findBlocks,
  isLineIndex,
  isTextMimeType,
  type Key,
  type LineIndex,
  type LineWindow,
  type StoredLines,
} from "@deepagents-remote/core/adapter";
import { text } from "../connection/statement.js";
import { until } from "../connection/until.js";
import { fromBase64 } from "../rows/base64.js";
import { foreignRow, IN_BYTES, OURS } from "../rows/row.js";
import { perTable, type Table } from "../rows/table.js";
import { getFiles } from "./get.js";
import { readPart } from "./read-part.js";

/**
 * Maximum size of a text that is fetched whole, because cutting it in the database would cost more than the transfer.
 */
const WHOLE_BYTES = 64 * 1024;

/** Maximum bytes of a window to fetch in one statement; for larger windows the whole file is fetched in parts. */
const WINDOW_BYTES = 4 * 1024 * 1024;

/** Largest index in a JSON path, which uses 32-bit numbers. No array of lines is longer. */
const LAST_PART = 2 ** 31 - 1;

const IS_CUT = `f.size > ${WHOLE_BYTES} AND ${OURS} AND jsonb_typeof(f.content->'content') = 'array'`;

/**
 * Query for a window of a text, with the version of the file. For a text in `bytes` it returns only the line index and
 * the type; for a text that is cut, the window, the last line and the number of lines; for any other, the whole text.
 */
const lines = perTable(
  (table) => `
SELECT
  CASE
    WHEN in_bytes THEN content->'lines'
    WHEN is_cut THEN jsonb_path_query_array(content, '$.content[$first to $last, last]', $2::text::jsonb)
    ELSE content
  END,
  CASE WHEN in_bytes THEN coalesce(mime_type, '') END,
  CASE WHEN is_cut THEN jsonb_array_length(content->'content')::text END,
  xmin::text
FROM (
  SELECT f.xmin, f.content, f.mime_type, ${IN_BYTES} AS in_bytes, ${IS_CUT} AS is_cut
  FROM ${table.rows} AS f
  WHERE f.path = $1::text) AS file`,
);

/**
 * Reads a window of a text. For a large text, little more than the window is transferred.
 * @throws RemoteBackendError `corrupt` for a row that is not a file.
 */
export async function readLines(
  table: Table,
  key: Key,
  offset: number,
  limit: number,
  options: CallOptions,
): Promise<StoredLines | "not-text" | undefined> {
  const first = Math.min(offset, LAST_PART);
  const last = Math.min(offset + limit - 1, LAST_PART);
  const window = `{"first":${first},"last":${last}}`;
  for (;;) {
    const [row] = await table.database.read(lines(table), [key, window], until(options));
    if (row === undefined) return undefined;
    const json = text(row[0]) ?? "null";
    const [type, parts, version] = [text(row[1]), text(row[2]), text(row[3])!];
    const stored = JSON.parse(json);
    if (type === undefined) {
      const window =
        parts === undefined
          ? cutWhole(stored, json, offset, limit)
          : cutWindow(stored, Number(parts), offset);
      return window === "not-text" ? window : { ...window, version };
    }
    if (!isTextMimeType(type)) return "not-text";
    if (!isLineIndex(stored)) return readWhole(table, key, offset, limit, options);
    const found = await readBlocks(table, key, version, stored, offset, limit, options);
    if (found) return found;
  }
}

/** Reads a text in `bytes` that has no line index. */
async function readWhole(
  table: Table,
  key: Key,
  offset: number,
  limit: number,
  options: CallOptions,
): Promise<StoredLines | "not-text" | undefined> {
  const [file] = await getFiles(table, [key], options);
  if (RemoteBackendError.is(file)) throw file;
  if (typeof file?.content !== "string") return file && "not-text";
  return { ...cutLines(file.content, offset, limit), version: file.version };
}

/** Cuts the window out of a text that was fetched whole, in any stored format. */
function cutWhole(stored: unknown, json: string, offset: number, limit: number): LineWindow | "not-text" {
  const { content, encoding } = (stored ?? {}) as { content?: unknown; encoding?: unknown };
  // A newline inside an element would split it into two lines.
  const isLineArray = Array.isArray(content) && !json.includes("\\n") && content.every(isString);
  if (isLineArray) return cutLineArray(content, offset, limit);
  const decoded = decodeContent(content, encoding);
  if (decoded === undefined) throw foreignRow();
  return typeof decoded === "string" ? cutLines(decoded, offset, limit) : "not-text";
}

const isString = (value: unknown): value is string => typeof value === "string";

/**
 * Decodes a window that the database cut out of an array of `parts` elements, and the last element, which is not a line
 * if empty.
 */
function cutWindow(cut: unknown[], parts: number, offset: number): LineWindow {
  if (!cut.every(isString)) throw foreignRow();
  const finalNewline = cut.pop() === "";
  const total = finalNewline ? parts - 1 : parts;
  return { lines: cut.slice(0, Math.max(0, total - offset)), total, finalNewline };
}

/** Reads lines of a text in `bytes`; `undefined` if it changed since its index was read. */
async function readBlocks(
  table: Table,
  key: Key,
  version: string,
  index: LineIndex,
  offset: number,
  limit: number,
  options: CallOptions,
): Promise<StoredLines | undefined> {
  const { total, finalNewline } = index;
  const window = findBlocks(index, offset, limit);
  if (window.count === 0) return { lines: [], total, finalNewline, version };
  if (window.length > WINDOW_BYTES) {
    const whole = await readWhole(table, key, offset, limit, options);
    return whole === "not-text" ? undefined : whole;
  }
  const part = await readPart(table, key, version, window.start, window.length, options);
  if (part === undefined) return undefined;
  const content = decodeUtf8(cutBlocks(fromBase64(part), window));
  if (content === undefined) throw foreignRow();
  return { lines: content.split("\n"), total, finalNewline, version };
}
