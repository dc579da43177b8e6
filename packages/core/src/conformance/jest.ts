import {
  type DefineOptions,
  type DefineStoreOptions,
  defineStoreWith,
  defineWith,
  type TestRunner,
} from "./index.js";

export type { BackendFixture, DefineOptions, DefineStoreOptions, StoreFixture } from "./index.js";

/**
 * Registers the suite with jest, one test a case. Call it at the top level of a test file.
 *
 * ```ts
 * defineBackendTests({ name: "MyBackend", create: ({ name }) => new MyBackend({ namespace: [name] }) });
 * ```
 * @param options See {@link DefineOptions}.
 * @throws Error outside of jest, or when the options name what does not exist.
 */
export function defineBackendTests(options: DefineOptions): void {
  defineWith(jestGlobals(), options);
}

/**
 * Registers the suite about stores with jest, one test a case.
 *
 * ```ts
 * defineStoreTests({ name: "MyStore", create: () => new MyStore() });
 * ```
 * @param options See {@link DefineStoreOptions}.
 * @throws Error outside of jest, or when the options name what does not exist.
 */
export const defineStoreTests = (options: DefineStoreOptions): void =>
  defineStoreWith(jestGlobals(), options);

/** The globals are what every version of jest has, and keep its packages out of ours. */
function jestGlobals(): TestRunner {
  const { describe, it } = globalThis as Partial<TestRunner>;
  if (describe === undefined || it === undefined) {
    throw new Error(
      "The conformance suite needs jest's globals `describe` and `it`; `injectGlobals` must be on.",
    );
  }
  // jest takes a parameter of a test for a callback to wait for.
  return { describe, it: (name, run, timeoutMs) => it(name, () => run(), timeoutMs) };
}
