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
import { watchStore } from "./subject.js";

/** The rules about stores. */
const storeSuite: Suite<StoreOptions> = {
  cases: storeCases,
  capabilities: STORE_CAPABILITIES,
  async prepare(options, { name, log, signal, atEnd }) {
    const made = await options.create({ name });
    const host: StoreFixture = "store" in made ? made : { store: made };
    atEnd(() => host.close?.());
    const opened = new Set<FileStore>();
    const open = async (store: FileStore) => {
      const watched = watchStore(store, log);
      if (!opened.has(store)) {
        opened.add(store);
        atEnd(() => store.close?.());
        await watched.open({ signal });
      }
      return watched;
    };
    const store = await open(host.store);
    const promises = storeCapabilitiesOf(host, options.capabilities);
    const another = async () => (await host.open?.()) ?? host.store;
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
      makeUnreadable: async (key) => host.makeUnreadable?.(key),
    });
    return { promises, context };
  },
};

/** What `defineStoreTests` takes. */
export type DefineStoreOptions = StoreOptions & DefineHooks;

/** What `runStoreConformance` takes. */
export type RunStoreOptions = StoreOptions & RunHooks;

/**
 * Tries the rules about stores one after the other, each on a store of its own.
 * @throws Error when the options name what does not exist, or no case was tried. Failed cases are in the report.
 */
export const runStoreConformance = (options: RunStoreOptions): Promise<ConformanceReport> =>
  runSuite(storeSuite, options);

/** Tries one case on a store made for it. Never rejects: what goes wrong is a failed case. */
export const runStoreCase = (one: StoreCase, options: StoreOptions): Promise<CaseResult> =>
  tryCase(storeSuite, one, options);

/**
 * Registers the rules about stores with any test runner; jest, vitest and node:test have entries of their own.
 * @throws Error when the options name what does not exist.
 */
export const defineStoreWith = (runner: TestRunner, options: DefineStoreOptions): void =>
  defineSuite(storeSuite, runner, options);
