import type { BackendProtocolV2 } from "@deepagents-remote/core";
import { decodeUtf8, isBinaryName } from "@deepagents-remote/core/adapter";
import { CommandError } from "../support/exit.js";
import { type Hash, hashOf } from "./hash.js";
import { fetchIfThere, storeFile } from "./transfer.js";

/**
 * Stores a file if it still has the expected content, and verifies it. A backend with guarded writes refuses a file that
 * was changed between the comparison and the write; others, and binary content under the name of a text file, replace it.
 * @param expected Hash of the content to replace; `undefined` for a file that must not exist.
 * @returns False if it was changed meanwhile.
 * @throws CommandError `storage`
 */
export async function replaceFile(
  backend: BackendProtocolV2,
  path: string,
  data: Uint8Array,
  expected: Hash | undefined,
): Promise<boolean> {
  const isExpected = async () => {
    const there = await fetchIfThere(backend, path);
    return (there && hashOf(there)) === expected;
  };
  if (!(await isExpected())) return false;
  const content = isBinaryName(path) ? Buffer.from(data).toString("base64") : decodeUtf8(data);
  if (content === undefined || !isGuarded(backend)) {
    await storeFile(backend, path, data);
  } else {
    // The guard compares with what `readRaw` has seen, which must be what is expected.
    if (expected !== undefined) {
      await backend.readRaw(path);
      if (!(await isExpected())) return false;
    }
    const { error } = await backend.write(path, content);
    if (error !== undefined) {
      if (!(await isExpected())) return false;
      throw new CommandError("storage", error);
    }
  }
  const stored = await fetchIfThere(backend, path);
  return stored !== undefined && Buffer.compare(stored, data) === 0;
}

const isGuarded = (backend: BackendProtocolV2): boolean =>
  (backend as { capabilities?: { guarded?: boolean } }).capabilities?.guarded === true;
