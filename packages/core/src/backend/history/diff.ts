import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { isSameContent } from "../../content/content.js";
import type { StoredFile } from "../../store/file-store.js";
import { fetchFile, type OperationContext } from "../operations/operation.js";
import { keyOfFile, versionId } from "./arguments.js";
import { historyOf } from "./history-of.js";
import { fetchVersion, noContent } from "./read-version.js";
import type { DiffResult } from "./results.js";

/** Maximum number of changed lines, since the time of a comparison grows with its square. */
const MAX_CHANGED_LINES = 20_000;

/** Context lines around a change. */
const CONTEXT = 3;

/** One side of a comparison. A file that does not exist is empty. */
interface Side {
  readonly label: string;
  readonly content: string | Uint8Array | undefined;
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
  const after = newer === undefined ? stored(await fetchFile(op, key)) : await sideAt(op, key, newer);
  if (!before) return { error: noContent(path, from) };
  if (!after) return { error: noContent(path, newer!) };
  return compare(op, path, before, after);
}

const stored = (file: StoredFile | undefined): Side => ({ label: "current", content: file?.content });

/** Returns a version as a side; `undefined` if it is not in the history. A deletion has no content. */
async function sideAt(op: OperationContext, key: string, id: string): Promise<Side | undefined> {
  const file = await fetchVersion(op, key, id);
  if (file) return { label: id, content: file.content };
  const isDeletion = await op.retries.run(() => hasDeletion(op, key, id));
  return isDeletion ? { label: id, content: undefined } : undefined;
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
  const [a = "", b = ""] = [before.content, after.content];
  if (typeof a !== "string" || typeof b !== "string") {
    return {
      diff: isSameContent(a, b)
        ? ""
        : `Binary files ${path} (${before.label}) and ${path} (${after.label}) differ\n`,
    };
  }
  if (a === b) return { diff: "" };
  const name = (side: Side) => (side.content === undefined ? "/dev/null" : path);
  // With a callback the library yields to the event loop while it compares.
  const patch = await new Promise<string | undefined>((callback) => {
    createTwoFilesPatch(name(before), name(after), a, b, before.label, after.label, {
      context: CONTEXT,
      headerOptions: FILE_HEADERS_ONLY,
      maxEditLength: MAX_CHANGED_LINES,
      timeout: Math.max(0, op.call.deadline - performance.now()),
      callback,
    });
  });
  return patch === undefined
    ? {
        error: `The versions of '${path}' differ in more than ${MAX_CHANGED_LINES} lines; read both instead.`,
      }
    : { diff: patch };
}
