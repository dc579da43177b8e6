import type { EditResult } from "../../protocol/protocol.js";
import type { Change, Key, Outcome, StoredFile } from "../../store/file-store.js";
import { newWriteId } from "../../store/write-ids.js";
import { describeValue } from "../../support/describe-value.js";
import type { Text } from "../../text/lines.js";
import { replaceText } from "../../text/replace-slices.js";
import { wellFormedInSlices } from "../../text/utf8.js";
import { backOff } from "../retry.js";
import { notFoundSentence } from "./not-found.js";
import { fetchFile, locateFile, type OperationContext } from "./operation.js";
import { putChange } from "./put.js";
import { tooLargeSentence } from "./refusals.js";
import { storedText } from "./stored-content.js";

/**
 * Edits a file by compare-and-swap: the replacement is applied to the file as it was read, and stored only if the file
 * is unchanged. Otherwise it is applied again to the new content, until it is stored, refused or out of time.
 */
export async function edit(
  op: OperationContext,
  path: string,
  oldString: string,
  newString: string,
  replaceAll: boolean,
): Promise<EditResult> {
  const location = locateFile(op, path);
  const { key, directory } = location;
  if (directory) return { error: `Error: File '${path}' not found: it is a directory` };
  if (typeof oldString !== "string" || typeof newString !== "string") {
    return {
      error: `Error: The old and the new text of an edit of '${path}' must be strings, not ${describeValue(typeof oldString === "string" ? newString : oldString)}`,
    };
  }
  const id = newWriteId();
  const replacement = {
    path,
    oldString,
    newString: await wellFormedInSlices(newString, op.call),
    replaceAll,
  };
  // The first attempt may use a cached copy. Unless it leads to a conditional write, re-read without the cache before
  // answering.
  for (let attempt = 0, stale = true; ; attempt++) {
    const { from, replaced, isWritten } = await replaceStored(op, key, replacement, stale);
    const isStale = stale;
    stale = false;
    if (isStale && !isWritten) continue;
    if (!from || !replaced) return { error: `Error: ${await notFoundSentence(op, location, path)}` };
    if ("error" in replaced) return replaced;
    const outcome: Outcome = isWritten
      ? await swap(op, { key, id, condition: from }, replaced.text)
      : { done: true, version: from.version };
    if (outcome.done) {
      op.reader?.edits(key, from.version, outcome.version);
      op.countBytes(replaced.text);
      return { path, filesUpdate: null, occurrences: replaced.occurrences };
    }
    await backOff(attempt, op.call.signal);
  }
}

const swap = async (op: OperationContext, change: Omit<Change, "content" | "isText">, text: Text) =>
  putChange(op, { ...change, ...(await storedText(op, text)) });

interface Replacement {
  readonly path: string;
  readonly oldString: string;
  readonly newString: string;
  readonly replaceAll: boolean;
}

/**
 * Applies a replacement to a stored file. Does not keep the old content, so that it can be garbage-collected during the
 * write.
 */
async function replaceStored(op: OperationContext, key: Key, replacement: Replacement, stale: boolean) {
  const file = await fetchFile(op, key, { stale, raw: true });
  if (!file) return {};
  const replaced = await replaceIn(op, file, replacement);
  const isWritten = "text" in replaced && replacement.oldString !== replacement.newString;
  const { content: _, isText: __, ...from } = file;
  return { from: { ...from, content: "" }, replaced, isWritten };
}

async function replaceIn(
  op: OperationContext,
  { content, isText }: StoredFile,
  { path, oldString, newString, replaceAll }: Replacement,
) {
  if (typeof content !== "string" && !isText) {
    return {
      error: `Error: File '${path}' is binary and cannot be edited as text; upload a new version of it`,
    };
  }
  const replaced = await replaceText(
    content,
    oldString,
    newString,
    replaceAll,
    op.limits.maxFileBytes,
    op.call,
  );
  return "bytes" in replaced ? { error: `Error: ${tooLargeSentence(path, replaced.bytes, op)}` } : replaced;
}
