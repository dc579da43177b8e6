import { randomUUID } from "node:crypto";
import { withDeadline } from "../deadline.js";
import type { BackendProtocol } from "../protocol.js";
import { ConformanceFailure } from "./assert.js";
import { resolveCapabilities } from "./capabilities.js";
import { type ConformanceCase, whyNot } from "./case.js";
import { CaseContext } from "./context.js";
import { type ConformanceOptions, type Host, skipReason } from "./options.js";
import { type CaseResult, explain } from "./report.js";
import { CallLog, watch } from "./subject.js";

const DEFAULT_TIMEOUT_MS = 30_000;

/** Tries one case on a backend made for it. Never rejects: what goes wrong is a failed case. */
export async function runCase(one: ConformanceCase, options: ConformanceOptions): Promise<CaseResult> {
  const skipped = skipReason(options, one.id);
  if (skipped !== undefined) return { case: one, status: "skipped", reason: skipped };
  const log = new CallLog();
  try {
    const untried = await within(options.timeoutMs ?? DEFAULT_TIMEOUT_MS, (signal) =>
      tryCase(one, options, log, signal),
    );
    return untried ? { case: one, ...untried } : { case: one, status: "passed" };
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    return { case: one, status: "failed", reason: explain(one, failure, log.lines()) };
  }
}

async function tryCase(
  one: ConformanceCase,
  options: ConformanceOptions,
  log: CallLog,
  signal: AbortSignal,
): Promise<ReturnType<typeof whyNot>> {
  const name = `case-${randomUUID().slice(0, 13)}`;
  const hosts: Host[] = [];
  const create = async (unique: string) => {
    const made = asHost(await options.create({ name: unique }));
    hosts.push(made);
    return made;
  };
  try {
    const host = await create(name);
    const capabilities = resolveCapabilities(host.backend, options.capabilities ?? {});
    const untried = whyNot(one, capabilities);
    if (untried) return untried;
    await one.run(
      new CaseContext({
        raw: host.backend,
        backend: watch(host.backend, log),
        capabilities,
        root: capabilities.ownRoot ? "" : `/${name}`,
        name,
        scale: options.scale ?? 1,
        signal,
        open: async () => watch((await host.open?.()) ?? host.backend, log),
        neighbour: async (suffix) => watch((await create(name + suffix)).backend, log),
      }),
    );
    return undefined;
  } finally {
    for (const host of hosts) await host.close?.();
  }
}

function asHost(made: BackendProtocol | Host): Host {
  return "backend" in made ? made : { backend: made };
}

/** Fails when the work takes longer, also when it blocked the process for so long that no timer could run. */
async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = new ConformanceFailure("the whole case", `an end within ${ms} ms`, "none");
  const start = performance.now();
  const result = await withDeadline(ms, () => late, work);
  if (performance.now() - start > ms) throw late;
  return result;
}
