import { fromUpload, isBinaryUpload } from "../../content/content.js";
import type { Change } from "../../store/file-store.js";
import type { Text } from "../../text/lines.js";
import { SLICE } from "../../text/slices.js";
import { decodeUtf8InSlices, isUtf8InSlices } from "../../text/utf8.js";
import type { Operation } from "./operation.js";

/** Content of a change, in the form that the store takes. */
type StoredContent = Pick<Change, "to" | "isText">;

/**
 * Returns a text as a store takes it: UTF-8 stays as it is for a store with `utf8Text`.
 * @param text UTF-8 is valid.
 * @throws RemoteBackendError `timeout`
 */
export async function storedText({ store, call }: Operation, text: Text): Promise<StoredContent> {
  if (typeof text === "string") return { to: text };
  if (store.can.utf8Text) return { to: text, isText: true };
  return { to: (await decodeUtf8InSlices(text, call))! };
}

/**
 * `fromUpload`, of a large file in slices. Large text is not decoded for a store with `utf8Text`.
 * @throws RemoteBackendError `timeout`
 */
export function storedUpload(
  op: Operation,
  path: string,
  bytes: Uint8Array,
): StoredContent | Promise<StoredContent> {
  return bytes.length <= SLICE ? { to: fromUpload(path, bytes) } : storedLargeUpload(op, path, bytes);
}

async function storedLargeUpload(op: Operation, path: string, bytes: Uint8Array): Promise<StoredContent> {
  const isText = !isBinaryUpload(path, bytes) && (await isUtf8InSlices(bytes, op.call));
  return isText ? storedText(op, bytes) : { to: bytes };
}
