import type { OperationContext } from "../operations/operation.js";
import { pathConflictSentence } from "../operations/refusals.js";
import { checkMethodOptions, keyOfFile, versionId } from "./arguments.js";
import { historyOf } from "./history-of.js";
import { fetchVersion, noContent } from "./read-version.js";
import { restoreFile } from "./restore-file.js";
import type { RestoreOptions, RestoreResult } from "./results.js";

/** Makes an old version of a file its newest one. */
export async function restore(
  op: OperationContext,
  path: string,
  version: string,
  options: RestoreOptions = {},
): Promise<RestoreResult> {
  const key = keyOfFile(op, path);
  checkMethodOptions("restore", options);
  const { ifVersion } = options;
  const file = await fetchVersion(op, key, versionId("version", version), true);
  if (!file) return { error: noContent(path, version) };
  const outcome = await restoreFile(op, key, file, async (current) => {
    if (ifVersion === undefined) return true;
    const [newest] = await op.retries.run(() => historyOf(op).versions(key, op.call.with({ limit: 1 })));
    return newest?.id === ifVersion && newest.current === current?.version;
  });
  if (outcome === "unchanged") return { path };
  if (outcome === "refused") {
    return {
      error: `'${path}' has changed since version '${ifVersion}' and was left as it is.`,
      conflict: true,
    };
  }
  if (outcome.done) {
    op.countBytes(file.content);
    return { path };
  }
  // Every other refusal was retried.
  return { error: pathConflictSentence(op, path, outcome.why === "conflict" ? outcome.other : key) };
}
