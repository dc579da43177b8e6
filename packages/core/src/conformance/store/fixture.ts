import type { MaybePromise } from "../../protocol/protocol.js";
import type { FileStore, Key } from "../../store/file-store.js";

/** A store with ways to make another on the same storage, and to let go of the storage. */
export interface StoreFixture {
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
