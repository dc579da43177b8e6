import type { FileStore } from "../../store/file-store.js";
import type { CaseResult } from "../case-result.js";
import { type DefineHooks, defineSuite, type TestRunner } from "../define.js";
import type { ConformanceReport } from "../report.js";
import { tryCase } from "../run-case.js";
import { type RunHooks, runSuite } from "../runner.js";
import type { Suite } from "../suite.js";
import { STORE_CAPABILITIES, storeCapabilitiesOf } from "./capabilities.js";
import { storeCases } from "./cases/index.js";
import { StoreContext } from "./context.js";
import type { StoreFixture } from "./fixture.js";
import type { StoreCase, StoreOptions } from "./options.js";
import { repeatTransient } from "./repeat.js";
import { watchStore } from "./subject.js";

/** Suite of rules about stores. */
const storeSuite: Suite<StoreOptions> = {
  cases: storeCases,
  capabilities: STORE_CAPABILITIES,
  async prepare(options, { name, log, signal, atEnd }) {
    const made = await options.create({ name });
    const fixture: StoreFixture = "store" in made ? made : { store: made };
    atEnd(() => fixture.close?.());
    const opened = new Set<FileStore>();
    const open = async (store: FileStore) => {
      const watched = watchStore(store, log);
      if (!opened.has(store)) {
        opened.add(store);
        atEnd(() => store.close?.());
        await repeatTransient(() => watched.open({ signal }));
      }
      return watched;
    };
    const store = await open(fixture.store);
    const promises = storeCapabilitiesOf(fixture, options.capabilities);
    const another = async () => (await fixture.open?.()) ?? fixture.store;
    const context = new StoreContext({
      store,
      capabilities: promises,
      name,
      options,
      signal,
      open: async () => open(await another()),
      unopened: async () => {
        const fresh = await another();
        return opened.has(fresh) ? undefined : watchStore(fresh, log);
      },
      makeUnreadable: async (key) => fixture.makeUnreadable?.(key),
    });
    return { promises, context };
  },
};

/** Options of `defineStoreTests`. */
export type DefineStoreOptions = StoreOptions & DefineHooks;

/** Options of `runStoreConformance`. */
export type RunStoreOptions = StoreOptions & RunHooks;

/**
 * Runs the cases about stores one after the other, each on a store of its own.
 * @throws Error if the options contain unknown names, or no case was run. Failed cases are in the report.
 */
export const runStoreConformance = (options: RunStoreOptions): Promise<ConformanceReport> =>
  runSuite(storeSuite, options);

/** Runs one case on a store created for it. Never rejects: exceptions become a failed case. */
export const runStoreCase = (one: StoreCase, options: StoreOptions): Promise<CaseResult> =>
  tryCase(storeSuite, one, options);

/**
 * Registers the rules about stores with any test runner. Jest, Vitest and node:test have entry points of their own.
 * @throws Error if the options contain unknown names.
 */
export const defineStoreWith = (runner: TestRunner, options: DefineStoreOptions): void =>
  defineSuite(storeSuite, runner, options);
