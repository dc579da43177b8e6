import type { CallOptions, FileStore, Key } from "../../../../src/adapter.js";
import { isFile } from "../mutant.js";

let blips = 0;

/** Records changes that nobody made: a file gets other content and its own again, or is created and deleted. */
export async function blip(store: FileStore, key: Key, options: CallOptions): Promise<void> {
  const [file] = await store.get([key], options);
  const put = (content: string | Uint8Array) =>
    store.put([{ key, id: `blip${++blips}`, condition: "overwrite", content }], options);
  await put("a blip");
  if (isFile(file)) await put(file.content);
  else await store.delete(key, { ...options, scope: "file" });
}
