import type { MaybePromise } from "../../protocol/protocol.js";
import type { FileStore, Key } from "../../store/file-store.js";

/** Store, with functions to open another one on the same storage, and to release the storage. */
export interface StoreFixture {
  readonly store: FileStore;
  /**
   * Creates another store on the same storage, not yet open, like another process would. Default: the same store again.
   */
  open?(): MaybePromise<FileStore>;
  /**
   * Makes one stored file unreadable for the store, while listings still contain it: by its permissions, its encryption
   * key, or its content. Without it, the cases about such files are not run.
   */
  makeUnreadable?(key: Key): MaybePromise<void>;
  /** Called at the end of the case, after its stores are closed, also after a failure. */
  close?(): MaybePromise<void>;
}
