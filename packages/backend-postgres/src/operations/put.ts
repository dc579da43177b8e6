import { RemoteBackendError } from "@deepagents-remote/core";
import type { CallOptions, Change, Key, Outcome, Version } from "@deepagents-remote/core/adapter";
import type { Table } from "../rows/table.js";
import { type ChangeRecord, changeRecord } from "./change-record.js";
import { explainRefusals, type Obstacle } from "./explain.js";
import { insertFiles } from "./insert.js";
import { updateFile } from "./update.js";

/** Maximum retries of a refused change whose obstacle had vanished when it was looked up. */
const MAX_VANISHED_OBSTACLES = 10;

/** Makes a group of changes with the same condition. Returns their outcomes in order. */
export async function putGroup(
  table: Table,
  changes: readonly Change[],
  options: CallOptions,
): Promise<readonly (Outcome | RemoteBackendError)[]> {
  const { condition } = changes[0]!;
  const outcomes = new Map<Key, Outcome | RemoteBackendError>();
  const records: ChangeRecord[] = [];
  for (const change of changes) records.push(await changeRecord(change, options));
  let open: readonly ChangeRecord[] = records;
  for (let attempt = 0; open.length > 0; attempt++) {
    const written = await send(table, open, condition, options);
    for (const [key, version] of written) outcomes.set(key, { done: true, version });
    open = open.filter(({ key }) => !written.has(key));
    if (open.length === 0) break;

    const obstacles = await explainRefusals(table, open, options);
    open = open.filter(({ key }) => {
      const refusal = refuse(condition, obstacles.get(key)!);
      if (refusal) outcomes.set(key, refusal);
      return refusal === undefined;
    });
    if (attempt === MAX_VANISHED_OBSTACLES) {
      const busy = new RemoteBackendError(
        "unavailable",
        "The file is being created and deleted concurrently; gave up after 10 attempts.",
      );
      for (const { key } of open) outcomes.set(key, busy);
      break;
    }
  }
  return changes.map(({ key }) => outcomes.get(key)!);
}

/** Sends one statement: an update for a single conditional change, an insert for any number of others. */
async function send(
  table: Table,
  records: readonly ChangeRecord[],
  condition: Change["condition"],
  options: CallOptions,
): Promise<ReadonlyMap<Key, Version>> {
  if (typeof condition === "string") return insertFiles(table, condition, records, options);
  const first = records[0]!;
  const version = await updateFile(table, condition, first, options);
  return new Map(version === undefined ? [] : [[first.key, version]]);
}

/**
 * Returns the outcome that an obstacle implies; `undefined` if the obstacle has vanished and the change can be retried.
 */
function refuse(condition: Change["condition"], { version, isDone, other }: Obstacle): Outcome | undefined {
  if (version !== undefined && isDone) return { done: true };
  if (typeof condition === "object")
    return { done: false, why: version === undefined ? "missing" : "changed" };
  if (version !== undefined) return condition === "create" ? { done: false, why: "exists" } : undefined;
  return other === undefined ? undefined : { done: false, why: "conflict", other };
}
