/**
 * The suite on one backend: `main.ts SUBJECT [CASE...]`. A process of its own, since a backend may end it or block it;
 * it sends its parent the outcome.
 */
import {
  type Capability,
  type ConformanceReport,
  type DeclaredCapabilities,
  runConformance,
} from "@deepagents-remote/core/conformance";
import type { CaseOutcome, SubjectOutcome } from "./outcome.js";
import type { PeerSubject } from "./subject.js";
import { subjects } from "./subjects.js";

/** What was thrown outside of any call, by the case under way: without this it ends the process. */
const uncaught = new Map<string, string>();
let latest: string | undefined;
process.on("uncaughtException", (error) => {
  latest ??= `An exception outside of any call, which ends the process: ${error.stack}`;
});

const [name = "", ...wanted] = process.argv.slice(2);
const subject = subjects[name];
if (subject === undefined || process.send === undefined) {
  throw new Error(`usage: main.ts ${Object.keys(subjects).join(" | ")} [CASE...], by another process`);
}
const outcome = await run(subject);
await subject.close?.();
process.send(outcome, () => process.exit());

async function run(subject: PeerSubject): Promise<SubjectOutcome> {
  const { trial, capabilities } = subject;
  const all = wanted.length === 0;
  const onTrial = trial?.only.filter((id) => all || wanted.includes(id)) ?? [];
  const report = await tryCases(subject, all ? undefined : wanted.filter((id) => !onTrial.includes(id)));
  const trialReport = await tryCases(subject, onTrial, { ...capabilities, ...trial?.capabilities });
  return {
    level: report?.standing?.level ?? null,
    missing: [...new Set(report?.notPromised.flatMap(({ missing = [] }) => missing))] as Capability[],
    cases: outcomes(report),
    trial: outcomes(trialReport),
  };
}

/** @param only Ids; none of them for no report, `undefined` for the whole suite. */
async function tryCases(
  { name, create, skip, capabilities: own }: PeerSubject,
  only: readonly string[] | undefined,
  capabilities: DeclaredCapabilities | undefined = own,
): Promise<ConformanceReport | undefined> {
  if (only?.length === 0) return undefined;
  return runConformance({
    name,
    create,
    ...(skip && { skip }),
    ...(only && { only }),
    ...(capabilities && { capabilities }),
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
