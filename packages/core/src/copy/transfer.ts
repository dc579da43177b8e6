import { isUint8Array } from "node:util/types";
import { decodeBase64 } from "../content/base64.js";
import { decodeUtf8, toBytes } from "../content/content.js";
import { lend } from "../content/lent-bytes.js";
import { isBinaryName, isTextMimeType } from "../content/mime.js";
import type { BackendProtocolV2, FileDownloadResponse, FileUploadResponse } from "../protocol/protocol.js";

/** Bytes of a file, its certain absence, or the reason why they could not be fetched. */
export type Downloaded = Uint8Array | "absent" | Error;

/** Downloads files, by `readRaw` from a backend without `downloadFiles`. Returns one answer per path, in order. */
export function download(backend: BackendProtocolV2, paths: string[]): Promise<Downloaded[]> {
  return together(paths, async (batch) => {
    if (!backend.downloadFiles) return Promise.all(batch.map((path) => readRaw(backend, path)));
    const answers = await backend.downloadFiles(batch);
    return batch.map((_, i) => downloaded(answers[i]));
  });
}

function downloaded(answer: FileDownloadResponse | undefined): Downloaded {
  if (answer?.error === "file_not_found") return "absent";
  if (answer && !answer.error && isUint8Array(answer.content)) return answer.content;
  return new Error(answer?.message ?? answer?.error ?? "The backend did not return the file's bytes.");
}

async function readRaw(backend: BackendProtocolV2, path: string): Promise<Downloaded> {
  const { data, error = "The backend did not return the file's content." } = await backend.readRaw(path);
  // Accept only the exact sentence of deepagents: "not found" may also refer to a host.
  if (!data) return /^File '.*' not found$/s.test(error) ? "absent" : new Error(error);
  if (Array.isArray(data.content)) return toBytes(data.content.join("\n"));
  if (typeof data.content !== "string") return data.content;
  if (!("mimeType" in data) || isTextMimeType(data.mimeType)) return toBytes(data.content);
  return (
    decodeBase64(data.content) ?? new Error("The backend returned a binary file in a form other than base64.")
  );
}

/**
 * Uploads files, replacing existing ones where the target allows it. Uses `write` for a backend without `uploadFiles`,
 * which may refuse to replace files and carries text only. The bytes must not change meanwhile. Returns one answer per
 * file, in order: `undefined` on success, or the error.
 */
export function upload(
  backend: BackendProtocolV2,
  files: Array<[string, Uint8Array]>,
): Promise<(Error | undefined)[]> {
  return together(files, async (batch) => {
    if (!backend.uploadFiles) {
      return Promise.all(batch.map(([path, bytes]) => write(backend, path, bytes)));
    }
    const answers = await backend.uploadFiles(lend(batch));
    return batch.map((_, i) => uploaded(answers[i]));
  });
}

function uploaded(answer: FileUploadResponse | undefined): Error | undefined {
  if (!answer) return new Error("The backend did not report whether it stored the file.");
  return answer.error ? new Error(answer.message ?? answer.error) : undefined;
}

async function write(
  backend: BackendProtocolV2,
  path: string,
  bytes: Uint8Array,
): Promise<Error | undefined> {
  const content = isBinaryName(path) ? Buffer.from(bytes).toString("base64") : decodeUtf8(bytes);
  if (content === undefined) {
    return new Error(
      "The target has no uploadFiles, and its write accepts only text, which these bytes are not.",
    );
  }
  const { error } = await backend.write(path, content);
  return error === undefined ? undefined : new Error(error);
}

/**
 * Runs an operation for a batch. If it throws, runs it for each item alone, so that one item does not fail the others.
 */
async function together<Item, Answer>(
  items: Item[],
  run: (batch: Item[]) => Promise<Answer[]>,
): Promise<(Answer | Error)[]> {
  if (items.length === 0) return [];
  try {
    return await run(items);
  } catch (error) {
    if (items.length === 1) return [error instanceof Error ? error : new Error(String(error))];
    const answers: (Answer | Error)[] = [];
    for (const item of items) answers.push(...(await together([item], run)));
    return answers;
  }
}
