import { byteLength, fromWrite } from "../content.js";
import type { WriteResult } from "../protocol.js";
import type { Change, Refusal } from "../store.js";
import { wellFormedInSlices } from "../utf8.js";
import { newWriteId } from "../write-ids.js";
import type { WritePolicy } from "../write-mode.js";
import { applyChange } from "./apply.js";
import { fetchFile, locateFile, type Operation } from "./operation.js";
import { clashSentence, tooLargeSentence } from "./refusals.js";

export async function write(
  op: Operation,
  path: string,
  content: string,
  policyOf: (relative: string) => WritePolicy,
): Promise<WriteResult> {
  const { key, relative, directory } = locateFile(op, path);
  if (directory) return { error: `Error: '${path}' is a directory; give the path of a file in it` };
  if (typeof content !== "string") {
    return { error: `Error: The content of '${path}' must be a string, not ${typeof content}` };
  }
  const to = fromWrite(path, await wellFormedInSlices(content, op.call));
  if (to === undefined) {
    return {
      error: `Error: '${path}' has the extension of a binary file, so its content must be base64 and is not. Nothing was written.`,
    };
  }
  const bytes = byteLength(to);
  if (bytes > op.limits.maxFileBytes) return { error: `Error: ${tooLargeSentence(path, bytes, op)}` };

  const policy = policyOf(relative);
  const change: Change = { key, id: newWriteId(), when: policy === "overwrite" ? "any" : "absent", to };
  const outcome = await applyChange(op, change);
  if (!outcome.done && !(policy === "create-or-same" && (await isStored(op, change)))) {
    return { error: `Error: ${refusalSentence(op, path, outcome)}` };
  }
  op.moved(to);
  return { path, filesUpdate: null };
}

async function isStored(op: Operation, change: Change): Promise<boolean> {
  const file = await fetchFile(op, change.key);
  return file !== undefined && Buffer.from(file.content as string).equals(Buffer.from(change.to as string));
}

function refusalSentence(op: Operation, path: string, refusal: Refusal): string {
  if (refusal.why === "clash") return clashSentence(op, path, refusal.other);
  return (
    `File '${path}' already exists and was left as it is. ` +
    "Read it and change it with edit_file, or write to another path."
  );
}
