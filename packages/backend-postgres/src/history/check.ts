import type { HealthReport } from "@deepagents-remote/core/adapter";
import type { Table } from "../rows/table.js";
import { historyGaps, isRecording, readHistoryCatalog } from "./catalog.js";
import { expire } from "./retention.js";

/**
 * Checks the history of a table, and warns of what keeps it from being whole or readable.
 * @throws RemoteBackendError `misconfigured` if there is something else in its place.
 */
export async function checkHistory(
  table: Table,
  retention: { readonly days: number } | undefined,
  report: HealthReport,
  signal: AbortSignal,
): Promise<"recording" | "missing"> {
  const found = await readHistoryCatalog(table, signal);
  const { name } = found.names;
  if (!isRecording(found)) {
    report.warn("history-missing", NOT_RECORDED);
    return "missing";
  }
  if (!found.mayRead) report.warn("history-unreadable", `The role may not SELECT from ${name}.`);
  if (historyGaps(found)) report.warn("history-incomplete", INCOMPLETE);
  if (retention && !found.isOwner && !found.isReadOnly) {
    report.warn("history-retention", keptForEver(name, expire(name, retention.days)));
  }
  return "recording";
}

const NOT_RECORDED =
  "Changes of files are not recorded: the trigger of the history is missing or disabled. Let the table's owner run initialize().";
const INCOMPLETE =
  "The history lacks an index, or its trigger is of an earlier release. Let the table's owner run initialize().";
const keptForEver = (name: string, statement: string) =>
  `This role does not own ${name}, so its initialize() deletes no expired versions. Let the owner run it, or daily: ${statement};`;
