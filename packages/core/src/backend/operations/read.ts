import { showBytes } from "../../content/media/show.js";
import { isBinaryName, mimeTypeOf } from "../../content/mime.js";
import type { ReadRawResult, ReadResult } from "../../protocol/protocol.js";
import type { StoredFile, Version } from "../../store/file-store.js";
import { cutTextInSlices, normalizeWindow, readResult, type TextWindow } from "../../text/lines.js";
import { notFoundSentence } from "./not-found.js";
import { fetchFile, type Location, locateFile, type OperationContext } from "./operation.js";

/** Exact sentence that deepagents compares with. */
const EMPTY = "System reminder: File exists but has empty contents";

/** Maximum number of lines requested as an array: a larger one costs many times the memory of its text. */
const MAX_LINES = 100_000;

const notFound = async (op: OperationContext, location: Location, path: string) => ({
  error: await notFoundSentence(op, location, path),
});
const directory = (path: string) => ({
  error: `File '${path}' not found: it is a directory; list it with ls`,
});

export async function read(
  op: OperationContext,
  path: string,
  offset: number,
  limit: number,
): Promise<ReadResult> {
  const location = locateFile(op, path);
  if (location.directory) return directory(path);
  const wanted = normalizeWindow(offset, limit);
  const window = (text: TextWindow): ReadResult => {
    const mimeType = mimeTypeOf(path, "");
    if (text.total === 0) return { content: EMPTY, mimeType };
    const result = readResult(text, wanted.offset, wanted.limit, mimeType);
    op.countBytes(result.content ?? "");
    return result;
  };

  const seen = (version: Version, result: ReadResult): ReadResult => {
    if (result.error === undefined) op.reader?.sees(location.key, version);
    return result;
  };

  const { store, call, retries } = op;
  // A file whose name has a binary extension is fetched whole.
  if (store.readLines && !isBinaryName(path) && wanted.limit <= MAX_LINES) {
    const lines = await retries.run(() => store.readLines!(location.key, wanted.offset, wanted.limit, call));
    if (lines === undefined) return notFound(op, location, path);
    if (lines !== "not-text")
      return seen(lines.version, window({ ...lines, content: lines.lines.join("\n") }));
  }
  const file = await fetchFile(op, location.key, { raw: true });
  if (!file) return notFound(op, location, path);
  const { content, isText, version } = file;
  return seen(
    version,
    typeof content === "string" || isText
      ? window(await cutTextInSlices(content, wanted.offset, wanted.limit, call))
      : media(op, path, content),
  );
}

/** Returns the whole content of a binary file, if a model can display its type. */
function media(op: OperationContext, path: string, content: Uint8Array): ReadResult {
  const shown = showBytes(path, content);
  if ("error" in shown) return shown;
  op.countBytes(content);
  return { content, mimeType: shown.mimeType };
}

export async function readRaw(op: OperationContext, path: string): Promise<ReadRawResult> {
  const location = locateFile(op, path);
  if (location.directory) return directory(path);
  const file = await fetchFile(op, location.key);
  if (!file) return notFound(op, location, path);
  op.reader?.sees(location.key, file.version);
  op.countBytes(file.content);
  return { data: fileData(path, file) };
}

/** Returns a file in the form of the protocol. */
export const fileData = (path: string, file: StoredFile) => ({
  content: file.content,
  mimeType: mimeTypeOf(path, file.content),
  created_at: timestamp(file, "createdAt"),
  modified_at: timestamp(file, "modifiedAt"),
});

/**
 * Formats a file's time. Both times are required, so one that ISO 8601 cannot express (PostgreSQL's `infinity`) becomes
 * the epoch.
 */
function timestamp(file: StoredFile, which: "createdAt" | "modifiedAt"): string {
  const date = file[which];
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString();
}
