import { isSameContent, toBytes } from "../../content/content.js";
import type { Key, Outcome, StoredFile } from "../../store/file-store.js";
import { newWriteId } from "../../store/write-ids.js";
import { fetchFile, type OperationContext } from "../operations/operation.js";
import { putChange } from "../operations/put.js";
import { backOff } from "../retry.js";

/**
 * Stores an old version of a file as its newest one, by compare-and-swap against whatever is stored.
 * @param mayReplace Decides whether the stored file, if any, may be replaced. Asked again after each concurrent change.
 * @returns `unchanged` if the stored file equals the old one; `refused` if it may not be replaced.
 */
export async function restoreFile(
  op: OperationContext,
  key: Key,
  { content, isText }: StoredFile,
  mayReplace: (current: StoredFile | undefined) => Promise<boolean>,
): Promise<Outcome | "unchanged" | "refused"> {
  const change = { key, id: newWriteId(), content, ...(isText && { isText }) };
  for (let attempt = 0; ; attempt++) {
    const current = await fetchFile(op, key, { raw: true });
    if (!(await mayReplace(current))) return "refused";
    if (current && isSame(current, { content, isText })) return "unchanged";
    const outcome = await putChange(op, { ...change, condition: current ?? "create" });
    if (outcome.done || outcome.why === "conflict") return outcome;
    await backOff(attempt, op.call.signal);
  }
}

/** True if two files have the same content and are both text or both bytes, in whichever form. */
function isSame(
  a: Pick<StoredFile, "content" | "isText">,
  b: { readonly content: string | Uint8Array; readonly isText?: true | undefined },
): boolean {
  const isText = (file: typeof b) => typeof file.content === "string" || file.isText === true;
  if (isText(a) !== isText(b)) return false;
  return typeof a.content === typeof b.content
    ? isSameContent(a.content, b.content)
    : isSameContent(toBytes(a.content), toBytes(b.content));
}
