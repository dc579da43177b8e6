import { type Promises, resolvePromises } from "../promises.js";
import type { StoreFixture } from "./fixture.js";

/** Promises that a store may make, each with its meaning. */
export const STORE_CAPABILITIES = {
  atomic: "conditions are checked and the change is made in one step, across instances and processes",
  atomicDelete: "exactly one of several concurrent deletions of a file counts it",
  fileAndDirectory: "`d` and `d/f` can both be stored and both be seen",
  exactSizes: "every file of a listing has its size",
  utf8Text: "large text may be passed as UTF-8 in both directions",
  maxKeyBytes: "keys up to this many bytes of UTF-8 can be stored",
  maxFileBytes: "files up to this many bytes can be stored",
  search: "the store searches by itself",
  readLines: "the store cuts windows of lines by itself",
  clock: "the store reads the clock that the times of files come from",
  check: "the store checks its service by itself",
  history: "the store keeps every version of its files",
  deletionAuthors: "the history knows who deleted a file",
  unreadable: "the tests can make a single file unreadable",
  ownStorage: "each name given to `create` has a storage of its own",
} as const;

/** Name of a store's promise. */
export type StoreCapability = keyof typeof STORE_CAPABILITIES;

/** Promises about a store that are not part of its `capabilities`. */
export interface DeclaredStoreCapabilities {
  /** Each name given to `create` has a storage of its own: the empty prefix is tested as well. Default `false`. */
  readonly ownStorage?: boolean;
  /** The history knows who deleted a file. Default: true if the store has a history. */
  readonly deletionAuthors?: boolean;
}

/**
 * Resolves the capabilities of a store: those declared, those in `capabilities` once it is open, and those implied by
 * the methods of the store and its fixture.
 */
export function storeCapabilitiesOf(
  { store, makeUnreadable }: Pick<StoreFixture, "store" | "makeUnreadable">,
  declared: DeclaredStoreCapabilities = {},
): Promises<StoreCapability> {
  const visible = {
    search: store.search !== undefined,
    readLines: store.readLines !== undefined,
    clock: store.clock !== undefined,
    check: store.check !== undefined,
    history: store.history !== undefined,
    deletionAuthors: store.history !== undefined,
    unreadable: makeUnreadable !== undefined,
  };
  return resolvePromises(STORE_CAPABILITIES, { ...declared }, { ...store.capabilities }, visible);
}
