import { fromUpload, isBinaryUpload } from "../../content/content.js";
import type { Change } from "../../store/file-store.js";
import type { Text } from "../../text/lines.js";
import { SLICE } from "../../text/slices.js";
import { decodeUtf8InSlices, isUtf8InSlices } from "../../text/utf8.js";
import type { OperationContext } from "./operation.js";

/** Content of a change, in the form that the store takes. */
type StoredContent = Pick<Change, "content" | "isText">;

/**
 * Returns a text as a store takes it: valid UTF-8 bytes are passed unchanged to a store with `utf8Text`.
 * @param text A string, or valid UTF-8.
 * @throws RemoteBackendError `timeout`
 */
export async function storedText({ store, call }: OperationContext, text: Text): Promise<StoredContent> {
  if (typeof text === "string") return { content: text };
  if (store.capabilities.utf8Text) return { content: text, isText: true };
  return { content: (await decodeUtf8InSlices(text, call))! };
}

/**
 * `fromUpload`, sliced for large files. Large text is not decoded for a store with `utf8Text`.
 * @throws RemoteBackendError `timeout`
 */
export function storedUpload(
  op: OperationContext,
  path: string,
  bytes: Uint8Array,
): StoredContent | Promise<StoredContent> {
  return bytes.length <= SLICE ? { content: fromUpload(path, bytes) } : storedLargeUpload(op, path, bytes);
}

async function storedLargeUpload(
  op: OperationContext,
  path: string,
  bytes: Uint8Array,
): Promise<StoredContent> {
  const isText = !isBinaryUpload(path, bytes) && (await isUtf8InSlices(bytes, op.call));
  return isText ? storedText(op, bytes) : { content: bytes };
}
