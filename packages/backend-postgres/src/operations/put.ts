import { RemoteBackendError } from "@deepagents-remote/core";
import type { CallOptions, Change, Key, Outcome } from "@deepagents-remote/core/adapter";
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
  call: CallOptions,
): Promise<readonly (Outcome | RemoteBackendError)[]> {
  const { condition } = changes[0]!;
  const outcomes = new Map<Key, Outcome | RemoteBackendError>();
  const records: ChangeRecord[] = [];
  for (const change of changes) records.push(await changeRecord(change, call));
  let open: readonly ChangeRecord[] = records;
  for (let attempt = 0; open.length > 0; attempt++) {
    const written = await send(table, open, condition, call);
    for (const [key, version] of written) outcomes.set(key, { done: true, version });
    open = open.filter(({ path }) => !written.has(path));
    if (open.length === 0) break;

    const obstacles = await explainRefusals(table, open, call);
    open = open.filter(({ path }) => {
      const refusal = refuse(condition, obstacles.get(path)!);
      if (refusal) outcomes.set(path, refusal);
      return refusal === undefined;
    });
    if (attempt === MAX_VANISHED_OBSTACLES) {
      const busy = new RemoteBackendError(
        "unavailable",
        "The file is being created and deleted concurrently; gave up after 10 attempts.",
      );
      for (const { path } of open) outcomes.set(path, busy);
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
  call: CallOptions,
): Promise<ReadonlyMap<Key, string>> {
  if (typeof condition === "string") return insertFiles(table, condition, records, call);
  const first = records[0]!;
  const version = await updateFile(table, condition, first, call);
  return new Map(version === undefined ? [] : [[first.path, version]]);
}

/**
 * Returns the outcome that an obstacle implies; `undefined` if the obstacle has vanished and the change can be retried.
 */
function refuse(condition: Change["condition"], { version, applied, other }: Obstacle): Outcome | undefined {
  if (version !== undefined && applied) return { done: true, version };
  if (typeof condition === "object")
    return { done: false, why: version === undefined ? "missing" : "changed" };
  if (version !== undefined) return condition === "create" ? { done: false, why: "exists" } : undefined;
  return other === undefined ? undefined : { done: false, why: "conflict", other };
}
