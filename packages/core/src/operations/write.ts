import { byteLength, fromWrite } from "../content.js";
import { describeValue } from "../describe-value.js";
import { RemoteBackendError } from "../errors.js";
import type { WriteResult } from "../protocol.js";
import { backOff } from "../retry.js";
import type { Change, Outcome, Refusal } from "../store.js";
import { wellFormedInSlices } from "../utf8.js";
import { newWriteId } from "../write-ids.js";
import type { WritePolicy } from "../write-mode.js";
import { applyChange } from "./apply.js";
import { fetchFile, fetchFiles, locateFile, type Operation } from "./operation.js";
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
    const fix = ArrayBuffer.isView(content) ? "; for bytes use uploadFiles" : "";
    return {
      error: `Error: The content of '${path}' must be a string, not ${describeValue(content)}${fix}`,
    };
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
  const outcome = await writeBy(policy, op, { key, id: newWriteId(), when: "absent", to });
  if (!outcome.done) return { error: `Error: ${refusalSentence(op, path, policy, outcome)}` };
  op.moved(to);
  return { path, filesUpdate: null };
}

/** Writes a file by a policy. The same content again is a success in all of them, because steps are repeated. */
async function writeBy(policy: WritePolicy, op: Operation, change: Change): Promise<Outcome> {
  if (policy === "overwrite") return applyChange(op, { ...change, when: "any" });
  const outcome = await applyChange(op, change);
  if (outcome.done || outcome.why !== "exists") return outcome;
  if (policy === "grow") return growFile(op, change);
  return (await isStored(op, change)) ? { done: true } : outcome;
}

/** True if the file holds the content of a change; false for a file that cannot be read. */
async function isStored(op: Operation, { key, to }: Change): Promise<boolean> {
  const file = (await fetchFiles(op, [key])).get(key);
  return file !== undefined && !RemoteBackendError.is(file) && holds(file.content, to);
}

/** First backoff between compare-and-swap attempts. Short, because it waits for another writer. */
const FIRST_PAUSE_MS = 2;

/** Replaces a file by content that contains its own, and refuses any other content as `exists`. */
async function growFile(op: Operation, change: Change): Promise<Outcome> {
  for (let attempt = 0; ; attempt++) {
    const file = await fetchFile(op, change.key);
    if (file && holds(file.content, change.to)) return { done: true, version: file.version };
    if (file && !contains(change.to, file.content)) return { done: false, why: "exists" };
    const outcome = await applyChange(op, { ...change, when: file ?? "absent" });
    if (outcome.done || outcome.why === "clash") return outcome;
    await backOff(attempt, op.call.signal, FIRST_PAUSE_MS);
  }
}

/** True if a file holds this content. */
function holds(stored: string | Uint8Array, content: string | Uint8Array): boolean {
  if (typeof stored === "string" || typeof content === "string") return stored === content;
  return Buffer.compare(stored, content) === 0;
}

/** True if the new content has all of the old one in it, one behind the other. */
function contains(content: string | Uint8Array, old: string | Uint8Array): boolean {
  if (typeof content === "string" && typeof old === "string") return content.includes(old);
  return Buffer.from(content as Uint8Array).includes(Buffer.from(old as Uint8Array));
}

function refusalSentence(op: Operation, path: string, policy: WritePolicy, refusal: Refusal): string {
  if (refusal.why === "clash") return clashSentence(op, path, refusal.other);
  if (policy === "grow") {
    return (
      `The history '${path}' was left as it is, because the new content does not contain it. ` +
      "Read it and append to it with edit_file, or write to another path."
    );
  }
  return (
    `File '${path}' already exists and was left as it is. ` +
    "Read it and change it with edit_file, or write to another path."
  );
}
