import type { MaybePromise } from "../../protocol/protocol.js";
import type { FileStore } from "../../store/file-store.js";
import type { Case } from "../case.js";
import type { SuiteOptions } from "../options.js";
import type { DeclaredStoreCapabilities, StoreCapability } from "./capabilities.js";
import type { StoreContext } from "./context.js";
import type { StoreFixture } from "./fixture.js";

/** A rule about stores. */
export interface StoreCase extends Case<StoreContext> {
  readonly needs?: StoreCapability | readonly StoreCapability[];
  readonly unless?: StoreCapability;
}

/** A rule as it is written down: the source of all of them is the same. */
export type StoreRule = Omit<StoreCase, "source">;

/** What the suite needs to know of a store. */
export interface StoreOptions extends SuiteOptions {
  /**
   * Makes a store for one case, not yet open: the suite opens it and closes it, as a backend would. Its storage may be
   * one for all cases: a case keeps to keys below `name` and a slash.
   * @param context `name`: 18 letters, digits and `-`, unique to the case.
   */
  create(context: { readonly name: string }): MaybePromise<FileStore | StoreFixture>;
  /** What the store promises beside its own `capabilities`. */
  readonly capabilities?: DeclaredStoreCapabilities;
  readonly cases?: readonly StoreCase[];
}
