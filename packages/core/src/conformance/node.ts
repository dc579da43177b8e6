import { describe, it } from "node:test";
import {
  type DefineOptions,
  type DefineStoreOptions,
  defineStoreWith,
  defineWith,
  type TestRunner,
} from "./index.js";

export type { BackendFixture, DefineOptions, DefineStoreOptions, StoreFixture } from "./index.js";

/**
 * Registers the suite with `node:test`, one test per case. Call it at the top level of a test file. Cases that are not
 * run are skipped tests, with the reason.
 *
 * ```ts
 * defineBackendTests({ name: "MyBackend", create: ({ name }) => new MyBackend({ namespace: [name] }) });
 * ```
 * @param options See {@link DefineOptions}.
 * @throws Error if the options contain unknown names.
 */
export const defineBackendTests = (options: DefineOptions): void => defineWith(nodeTest, options);

/**
 * Registers the suite about stores with `node:test`, one test per case.
 *
 * ```ts
 * defineStoreTests({ name: "MyStore", create: () => new MyStore() });
 * ```
 * @param options See {@link DefineStoreOptions}.
 * @throws Error if the options contain unknown names.
 */
export const defineStoreTests = (options: DefineStoreOptions): void => defineStoreWith(nodeTest, options);

const nodeTest: TestRunner = {
  describe,
  it: (name, run, timeout) => it(name, { timeout }, (t) => run((reason) => t.skip(reason))),
};
