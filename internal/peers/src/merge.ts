import { CAPABILITIES, LEVELS, type Level } from "@deepagents-remote/core/conformance";
import type { BackendData, Comparison, Status } from "./data.js";
import type { CaseOutcome, SubjectOutcome } from "./outcome.js";
import type { PeerSubject } from "./subject.js";

/** Backend with the outcomes of its runs. */
export interface Compared {
  readonly subject: PeerSubject;
  readonly runs: readonly SubjectOutcome[];
}

/** Merges the statuses of several runs. */
function merged(runs: readonly Readonly<Record<string, CaseOutcome>>[]): Record<string, Status> {
  const ids = Object.keys(runs[0] ?? {});
  return Object.fromEntries(
    ids.map((id) => {
      const statuses = new Set(runs.map((run) => run[id]?.status));
      return [id, statuses.size === 1 ? runs[0]![id]!.status : "at-times"];
    }),
  );
}

const ORDER = [null, ...(Object.keys(LEVELS) as Level[])];

/** Returns the level that every run reached. */
function lowest(runs: readonly SubjectOutcome[]): Level | null {
  return ORDER[Math.min(...runs.map(({ level }) => ORDER.indexOf(level)))] ?? null;
}

function backendData({ subject, runs }: Compared): BackendData {
  const missing = new Set<string>(runs[0]!.missing);
  return {
    name: subject.name,
    package: subject.package,
    version: subject.version,
    runs: runs.length,
    level: lowest(runs),
    promises: Object.fromEntries(Object.keys(CAPABILITIES).map((name) => [name, !missing.has(name)])),
    trial: merged(runs.map(({ trial }) => trial)),
  };
}

/** Merges the runs of each backend. */
export function mergeAll(
  compared: Readonly<Record<string, Compared>>,
): Pick<Comparison, "backends" | "cases"> {
  const backends: Record<string, BackendData> = {};
  const cases: Record<string, Record<string, Status>> = {};
  for (const [name, one] of Object.entries(compared)) {
    backends[name] = backendData(one);
    for (const [id, status] of Object.entries(merged(one.runs.map((run) => run.cases)))) {
      cases[id] ??= {};
      if (status !== "passed") cases[id][name] = status;
    }
  }
  return { backends, cases };
}
