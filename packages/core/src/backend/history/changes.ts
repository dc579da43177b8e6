import type { VersionEntry } from "../../store/file-history.js";
import { locateFile, type OperationContext } from "../operations/operation.js";
import { checkMethodOptions, pageLimit } from "./arguments.js";
import { fileVersion, isAt, prefixAt } from "./file-version.js";
import { historyOf } from "./history-of.js";
import type { ChangesOptions, ChangesResult } from "./results.js";

/** Returns a page of the changes at a path, oldest first. */
export async function changes(op: OperationContext, options: ChangesOptions = {}): Promise<ChangesResult> {
  checkMethodOptions("changes", options);
  const { path = "/", thread } = options;
  let { since } = options;
  const location = locateFile(op, path);
  const limit = pageLimit(options.limit);
  const found: VersionEntry[] = [];
  while (found.length < limit) {
    const wanted = limit - found.length;
    const page = await op.retries.run(() =>
      historyOf(op).changes(prefixAt(location), op.call.with({ limit: wanted, since, thread })),
    );
    found.push(...page.filter(({ key }) => isAt(location, key)));
    since = page.at(-1)?.id ?? since;
    if (page.length < wanted) break;
  }
  return {
    changes: found.map((entry) => fileVersion(op, entry)),
    ...(since !== undefined && { next: since }),
  };
}
