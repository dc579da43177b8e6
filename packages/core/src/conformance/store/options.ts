import type { MaybePromise } from "../../protocol/protocol.js";
import type { FileStore } from "../../store/file-store.js";
import type { Case } from "../case.js";
import type { SuiteOptions } from "../options.js";
import type { DeclaredStoreCapabilities, StoreCapability } from "./capabilities.js";
import type { StoreContext } from "./context.js";
import type { StoreFixture } from "./fixture.js";

/** Rule about stores. */
export interface StoreCase extends Case<StoreContext> {
  readonly needs?: StoreCapability | readonly StoreCapability[];
  readonly unless?: StoreCapability;
}

/** Rule without its source, which is the same for all of them. */
export type StoreRule = Omit<StoreCase, "source">;

/** Options of the suite about stores. */
export interface StoreOptions extends SuiteOptions {
  /**
   * Creates a store for one case, not yet open: the suite opens and closes it like a backend. All cases may share one
   * storage: a case only uses keys below `name` and a slash.
   * @param context `name`: 18 letters, digits and `-`, unique to the case.
   */
  create(context: { readonly name: string }): MaybePromise<FileStore | StoreFixture>;
  /** Promises of the store in addition to its own `capabilities`. */
  readonly capabilities?: DeclaredStoreCapabilities;
  readonly cases?: readonly StoreCase[];
}
