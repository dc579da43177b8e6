import type { BackendProtocolV2 } from "../protocol/protocol.js";
import { assessLevel } from "./assess-level.js";
import { CAPABILITIES, capabilitiesOf } from "./capabilities.js";
import type { ConformanceCase } from "./case.js";
import type { CaseResult } from "./case-result.js";
import { allCases } from "./cases/index.js";
import { CaseContext } from "./context.js";
import { type DefineHooks, defineSuite, type TestRunner } from "./define.js";
import type { BackendFixture } from "./fixture.js";
import type { ConformanceOptions } from "./options.js";
import type { ConformanceReport } from "./report.js";
import { tryCase } from "./run-case.js";
import { type RunHooks, runSuite } from "./runner.js";
import { pathGuard, watch } from "./subject.js";
import type { Suite } from "./suite.js";

/** Suite of rules about backends. */
const backendSuite: Suite<ConformanceOptions> = {
  cases: allCases,
  capabilities: CAPABILITIES,
  assessLevel,
  async prepare(options, { name, log, signal, atEnd }) {
    const create = async (...namespace: string[]): Promise<BackendFixture> => {
      const made = await options.create({ name: namespace.join("/"), namespace });
      const fixture = fixtureOf(made);
      atEnd(() => fixture.close?.());
      return fixture;
    };
    const fixture = await create(name);
    const capabilities = capabilitiesOf(fixture, options);
    const root = capabilities.ownRoot ? "" : `/${name}`;
    const guard = capabilities.directories ? undefined : pathGuard(root);
    const watched = (backend: BackendProtocolV2) => watch(backend, log, guard);
    const broken = async (kind: "outage" | "readOutage") => {
      const restore = await fixture[kind]?.();
      let over = false;
      const end = async () => {
        if (!over) await restore?.();
        over = true;
      };
      atEnd(end);
      return end;
    };
    const context = new CaseContext({
      raw: fixture.backend,
      backend: watched(fixture.backend),
      capabilities,
      root,
      name,
      options,
      signal,
      atEnd,
      open: async () => watched((await fixture.open?.()) ?? fixture.backend),
      neighbor: async (...namespace) => watched((await create(...namespace)).backend),
      outage: () => broken("outage"),
      readOutage: () => broken("readOutage"),
      setAuthor: (author) => fixture.setAuthor?.(author),
      loseAnswer: async (lost) => fixture.loseAnswer?.(lost),
      deadConnections: async () => (await fixture.deadConnections?.()) ?? (() => 0),
    });
    return { promises: capabilities, context };
  },
};

function fixtureOf(made: BackendProtocolV2 | BackendFixture): BackendFixture {
  const fixture = typeof made === "object" && made !== null && "backend" in made ? made : { backend: made };
  if (typeof fixture.backend !== "object" || fixture.backend === null) {
    throw new Error(
      `\`create\` answered with ${String(made)}; it must answer with a backend, or with { backend, ... }.`,
    );
  }
  return fixture;
}

/** Options of `defineBackendTests`. */
export type DefineOptions = ConformanceOptions & DefineHooks;

/** Options of `runConformance`. */
export type RunOptions = ConformanceOptions & RunHooks;

/**
 * Runs the cases about backends one after the other, each on a backend of its own.
 * @throws Error if the options contain unknown names, or no case was run. Failed cases are in the report.
 */
export const runConformance = (options: RunOptions): Promise<ConformanceReport> =>
  runSuite(backendSuite, options);

/** Runs one case on a backend created for it. Never rejects: exceptions become a failed case. */
export const runCase = (one: ConformanceCase, options: ConformanceOptions): Promise<CaseResult> =>
  tryCase(backendSuite, one, options);

/**
 * Registers the rules about backends with any test runner. Jest, Vitest and node:test have entry points of their own.
 * @throws Error if the options contain unknown names.
 */
export const defineWith = (runner: TestRunner, options: DefineOptions): void =>
  defineSuite(backendSuite, runner, options);
