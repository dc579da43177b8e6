import { isSameContent } from "../../content/content.js";
import { fromWriteInSlices } from "../../content/from-write.js";
import type { WriteResult } from "../../protocol/protocol.js";
import type { Change, Outcome, Refusal } from "../../store/file-store.js";
import { newWriteId } from "../../store/write-ids.js";
import { describeValue } from "../../support/describe-value.js";
import { RemoteBackendError } from "../../support/errors.js";
import { byteLengthInSlices } from "../../text/utf8.js";
import { newestAuthor } from "../history/newest-author.js";
import type { WritePolicy } from "../write-mode.js";
import { growFiles } from "./grow.js";
import { writeGuarded } from "./guarded-write.js";
import { fetchFiles, locateFile, type OperationContext } from "./operation.js";
import { putChange } from "./put.js";
import {
  changedSentence,
  conversationHistorySentence,
  pathConflictSentence,
  tooLargeSentence,
  unreadSentence,
} from "./refusals.js";

export async function write(
  op: OperationContext,
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
  const stored = await fromWriteInSlices(path, content, op.call);
  if (stored === undefined) {
    return {
      error: `Error: '${path}' has the extension of a binary file, so its content must be base64 and is not. Nothing was written.`,
    };
  }
  const bytes = await byteLengthInSlices(stored, op.call);
  if (bytes > op.limits.maxFileBytes) return { error: `Error: ${tooLargeSentence(path, bytes, op)}` };

  const policy = policyOf(relative);
  const outcome = await writeBy(policy, op, { key, id: newWriteId(), condition: "create", content: stored });
  if (!outcome.done) return { error: `Error: ${await refusalSentence(op, path, policy, outcome)}` };
  op.reader?.sees(key, outcome.version);
  op.countBytes(stored);
  return { path, filesUpdate: null };
}

/** Writes a file by a policy. Identical content succeeds under every policy, because agent steps are retried. */
async function writeBy(policy: WritePolicy, op: OperationContext, change: Change): Promise<Outcome> {
  if (policy === "overwrite") return putChange(op, { ...change, condition: "overwrite" });
  if (policy === "guarded") return writeGuarded(op, change);
  const outcome = await putChange(op, change);
  if (outcome.done || outcome.why !== "exists") return outcome;
  if (policy === "grow") return growFile(op, change);
  return (await findStored(op, change)) ?? outcome;
}

/** Returns success if the file holds the content of a change; `undefined` also for an unreadable file. */
async function findStored(op: OperationContext, { key, content }: Change): Promise<Outcome | undefined> {
  const file = (await fetchFiles(op, [key])).get(key);
  const isStored = file !== undefined && !RemoteBackendError.is(file) && isSameContent(file.content, content);
  return isStored ? { done: true, version: file.version } : undefined;
}

/** Replaces a history by content that begins with it; refuses any other content as `exists`. */
async function growFile(op: OperationContext, change: Change): Promise<Outcome> {
  const [settled] = await growFiles(op, [change]);
  if (RemoteBackendError.is(settled)) throw settled;
  return settled!;
}

async function refusalSentence(
  op: OperationContext,
  path: string,
  policy: WritePolicy,
  refusal: Refusal,
): Promise<string> {
  if (refusal.why === "conflict") return pathConflictSentence(op, path, refusal.other);
  if (policy === "grow") {
    return `${conversationHistorySentence(path)} Read it and append to it with edit_file, or write to another path.`;
  }
  if (policy === "guarded" && refusal.why === "exists") return unreadSentence(path);
  if (policy === "guarded") return changedSentence(path, await newestAuthor(op, locateFile(op, path).key));
  return (
    `File '${path}' already exists and was left as it is. ` +
    "Read it and change it with edit_file, or write to another path."
  );
}
