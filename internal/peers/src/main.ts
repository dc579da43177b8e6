/**
 * Runs the suite on one backend, given as a JSON argument, and sends the outcome to the parent process. A separate
 * process, because a backend may crash or block it.
 */
import {
  type Capability,
  type ConformanceReport,
  type DeclaredCapabilities,
  runConformance,
} from "@deepagents-remote/core/conformance";
import type { CaseOutcome, SubjectOutcome, SubjectRun } from "./outcome.js";
import type { PeerSubject } from "./subject.js";
import { subjects } from "./subjects.js";

/** Exceptions outside of any call, by the running case. They would otherwise end the process. */
const uncaught = new Map<string, string>();
let latest: string | undefined;
process.on("uncaughtException", (error) => {
  latest ??= `An exception outside of any call, which ends the process: ${error.stack}`;
});

const asked = JSON.parse(process.argv[2] ?? "{}") as SubjectRun;
const subject = subjects[asked.subject];
if (subject === undefined || process.send === undefined) {
  throw new Error("main.ts is run by run-subject.ts.");
}
const outcome = await run(subject, asked);
await subject.close?.();
process.send(outcome, () => process.exit());

async function run(subject: PeerSubject, { cases, scale }: SubjectRun): Promise<SubjectOutcome> {
  const onTrial = subject.trial?.only.filter((id) => cases === undefined || cases.includes(id)) ?? [];
  const only = cases?.filter((id) => !onTrial.includes(id));
  const report = await tryCases(subject, only, subject.capabilities, scale);
  const promises = { ...subject.capabilities, ...subject.trial?.capabilities };
  const trialReport = await tryCases(subject, onTrial, promises, scale);
  return {
    level: report?.levelResult?.level ?? null,
    missing: [...new Set(report?.notPromised.flatMap(({ missing = [] }) => missing))] as Capability[],
    cases: outcomes(report),
    trial: outcomes(trialReport),
  };
}

/**
 * Runs cases.
 * @param only Ids of cases: an empty list for no report, `undefined` for the whole suite.
 */
async function tryCases(
  { name, create, skip }: PeerSubject,
  only: readonly string[] | undefined,
  capabilities: DeclaredCapabilities = {},
  scale = 1,
): Promise<ConformanceReport | undefined> {
  if (only?.length === 0) return undefined;
  return runConformance({
    name,
    create,
    capabilities,
    scale,
    ...(skip && { skip }),
    ...(only && { only }),
    onResult(result) {
      if (latest !== undefined) uncaught.set(result.case.id, latest);
      latest = undefined;
    },
  });
}

function outcomes(report: ConformanceReport | undefined): Record<string, CaseOutcome> {
  const entries = (report?.results ?? []).map(({ case: { id }, status, reason }): [string, CaseOutcome] => {
    const thrown = uncaught.get(id);
    if (thrown !== undefined) return [id, { status: "failed", reason: thrown }];
    return [id, { status, ...(reason !== undefined && { reason }) }];
  });
  return Object.fromEntries(entries);
}
