import {
  type DefineOptions,
  type DefineStoreOptions,
  defineStoreWith,
  defineWith,
  type TestRunner,
} from "./index.js";

export type { BackendFixture, DefineOptions, DefineStoreOptions, StoreFixture } from "./index.js";

/**
 * Registers the suite with Jest, one test per case. Call it at the top level of a test file.
 *
 * ```ts
 * defineBackendTests({ name: "MyBackend", create: ({ name }) => new MyBackend({ namespace: [name] }) });
 * ```
 * @param options See {@link DefineOptions}.
 * @throws Error outside of Jest, or if the options contain unknown names.
 */
export function defineBackendTests(options: DefineOptions): void {
  defineWith(jestGlobals(), options);
}

/**
 * Registers the suite about stores with Jest, one test per case.
 *
 * ```ts
 * defineStoreTests({ name: "MyStore", create: () => new MyStore() });
 * ```
 * @param options See {@link DefineStoreOptions}.
 * @throws Error outside of Jest, or if the options contain unknown names.
 */
export const defineStoreTests = (options: DefineStoreOptions): void =>
  defineStoreWith(jestGlobals(), options);

/** Returns Jest's globals, which every version has, so that this package does not depend on Jest's packages. */
function jestGlobals(): TestRunner {
  const { describe, it } = globalThis as Partial<TestRunner>;
  if (describe === undefined || it === undefined) {
    throw new Error(
      "The conformance suite needs jest's globals `describe` and `it`; `injectGlobals` must be on.",
    );
  }
  // Jest treats a parameter of a test as a callback to wait for.
  return { describe, it: (name, run, timeoutMs) => it(name, () => run(), timeoutMs) };
}
