import type { MaybePromise } from "../../protocol/protocol.js";
import type { FileStore, Key } from "../../store/file-store.js";
import type { Case } from "../case.js";
import type { SuiteOptions } from "../options.js";
import type { DeclaredStoreCapabilities, StoreCapability } from "./capabilities.js";
import type { StoreContext } from "./context.js";

/** A rule about stores. */
export interface StoreCase extends Case<StoreContext> {
  readonly needs?: StoreCapability | readonly StoreCapability[];
  readonly unless?: StoreCapability;
}

/** A rule as it is written down: the source of all of them is the same. */
export type StoreRule = Omit<StoreCase, "source">;

/** A store with ways to make another on the same storage, and to let go of the storage. */
export interface StoreHost {
  readonly store: FileStore;
  /** Another store on the same storage, not yet open, as another process would have. Default: the same store again. */
  open?(): MaybePromise<FileStore>;
  /**
   * Makes one stored file unreadable for the store, which keeps it in listings: by its rights, its encryption key, or its
   * content. Without it the cases about such files are not tried.
   */
  makeUnreadable?(key: Key): MaybePromise<void>;
  /** Called when the case is over and its stores are closed, whatever became of it. */
  close?(): MaybePromise<void>;
}

/** What the suite needs to know of a store. */
export interface StoreOptions extends SuiteOptions {
  /**
   * Makes a store for one case, not yet open: the suite opens it and closes it, as a backend would. Its storage may be
   * one for all cases: a case keeps to keys below `name` and a slash.
   * @param context `name`: 18 letters, digits and `-`, unique to the case.
   */
  create(context: { readonly name: string }): MaybePromise<FileStore | StoreHost>;
  /** What the store promises beside its own `can`. */
  readonly capabilities?: DeclaredStoreCapabilities;
  readonly cases?: readonly StoreCase[];
}
