import { FILE_HEADERS_ONLY, formatPatch, type StructuredPatch, structuredPatch } from "diff";
import { isSameContent } from "../../content/content.js";
import type { StoredFile } from "../../store/file-store.js";
import { type ChangedPart, changedPart } from "../../text/changed-part.js";
import { countLines } from "../../text/lines.js";
import { decodeUtf8InSlices, encodeInSlices } from "../../text/utf8.js";
import { fetchFile, type OperationContext } from "../operations/operation.js";
import { keyOfFile, versionId } from "./arguments.js";
import { historyOf } from "./history-of.js";
import { fetchVersion, noContent } from "./read-version.js";
import type { DiffResult } from "./results.js";

/** Maximum number of changed lines, since the time of a comparison grows with its square. */
const MAX_CHANGED_LINES = 20_000;

/** Largest part with all differences that is compared: the library splits it into lines in one go. */
const MAX_PART = { lines: 50_000, bytes: 8 * 1024 * 1024 };

/** Context lines around a change. */
const CONTEXT = 3;

/** One side of a comparison. A file that does not exist is empty. */
interface Side {
  readonly label: string;
  readonly file: StoredFile | undefined;
}

/** Compares two versions of a file. Without `to`, compares with the stored file. */
export async function diff(
  op: OperationContext,
  path: string,
  from: string,
  to: string | undefined,
): Promise<DiffResult> {
  const key = keyOfFile(op, path);
  const before = await sideAt(op, key, versionId("from", from));
  const newer = to === undefined ? undefined : versionId("to", to);
  const after =
    newer === undefined ? current(await fetchFile(op, key, { raw: true })) : await sideAt(op, key, newer);
  if (!before) return { error: noContent(path, from) };
  if (!after) return { error: noContent(path, newer!) };
  return compare(op, path, before, after);
}

const current = (file: StoredFile | undefined): Side => ({ label: "current", file });

/** Returns a version as a side; `undefined` if it is not in the history. A deletion has no content. */
async function sideAt(op: OperationContext, key: string, id: string): Promise<Side | undefined> {
  const file = await fetchVersion(op, key, id, true);
  if (file) return { label: id, file };
  const isDeletion = await op.retries.run(() => hasDeletion(op, key, id));
  return isDeletion ? { label: id, file: undefined } : undefined;
}

/** True if the history of a file has a deletion with this id. */
async function hasDeletion(op: OperationContext, key: string, id: string): Promise<boolean> {
  let before: string | undefined;
  for (;;) {
    const entries = await historyOf(op).versions(key, op.call.with({ limit: 1_000, before }));
    const found = entries.find((entry) => entry.id === id);
    if (found) return found.kind === "delete";
    before = entries.at(-1)?.id;
    if (before === undefined) return false;
  }
}

async function compare(op: OperationContext, path: string, before: Side, after: Side): Promise<DiffResult> {
  if (isBinary(before) || isBinary(after)) {
    const isSame =
      isBinary(before) && isBinary(after) && isSameContent(before.file!.content, after.file!.content);
    const names = `${path} (${before.label}) and ${path} (${after.label})`;
    return { diff: isSame ? "" : `Binary files ${names} differ\n` };
  }
  const part = await changedPart(await utf8(op, before), await utf8(op, after), CONTEXT, op.call);
  if (!part) return { diff: "" };
  const isTooLarge = (text: Uint8Array) => text.length > MAX_PART.bytes || countLines(text) > MAX_PART.lines;
  if (isTooLarge(part.before) || isTooLarge(part.after)) {
    return {
      error: `The versions of '${path}' differ in a part of more than ${MAX_PART.lines} lines or ${MAX_PART.bytes} bytes; read both instead.`,
    };
  }
  const patch = await patchOf(op, path, before, after, part);
  return patch === undefined
    ? {
        error: `The versions of '${path}' differ in more than ${MAX_CHANGED_LINES} lines; read both instead.`,
      }
    : { diff: patch };
}

const isBinary = ({ file }: Side): boolean =>
  file !== undefined && typeof file.content !== "string" && !file.isText;

const utf8 = (op: OperationContext, { file }: Side): Promise<Uint8Array> =>
  encodeInSlices(file?.content ?? "", op.call);

/** Returns the patch for a part of a file; `undefined` if too many lines differ or the time is up. */
async function patchOf(
  op: OperationContext,
  path: string,
  before: Side,
  after: Side,
  part: ChangedPart,
): Promise<string | undefined> {
  const name = (side: Side) => (side.file ? path : "/dev/null");
  const [a = "", b = ""] = [
    await decodeUtf8InSlices(part.before, op.call),
    await decodeUtf8InSlices(part.after, op.call),
  ];
  // With a callback the library yields to the event loop while it compares.
  const patch = await new Promise<StructuredPatch | undefined>((callback) => {
    structuredPatch(name(before), name(after), a, b, before.label, after.label, {
      context: CONTEXT,
      maxEditLength: MAX_CHANGED_LINES,
      timeout: Math.max(0, op.call.deadline - performance.now()),
      callback,
    });
  });
  if (!patch) return undefined;
  for (const hunk of patch.hunks) {
    hunk.oldStart += part.line;
    hunk.newStart += part.line;
  }
  return formatPatch(patch, FILE_HEADERS_ONLY);
}
