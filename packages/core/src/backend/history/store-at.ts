import type { FileHistory, PointInTime, Snapshot } from "../../store/file-history.js";
import type { CallOptions, FileStore, Key } from "../../store/file-store.js";
import { RemoteBackendError } from "../../support/errors.js";
import { historyOf } from "./history-of.js";

/** Number of roots whose snapshot is kept. */
const MAX_ROOTS = 1_000;

/**
 * Returns a read-only store of the files as they were at a point in time. It is resolved by the first call of each root;
 * an error is that call's.
 */
export function storeAt(store: FileStore, point: PointInTime): FileStore {
  const snapshots = new Map<Key, Promise<Snapshot>>();
  const history = (): FileHistory => historyOf({ store });
  const snapshotOf = (options: CallOptions): Promise<Snapshot> => {
    const known = snapshots.get(options.root);
    if (known) return known;
    const snapshot = history().resolve(point, options);
    if (snapshots.size === MAX_ROOTS) snapshots.clear();
    snapshots.set(options.root, snapshot);
    snapshot.catch(() => snapshots.delete(options.root));
    return snapshot;
  };
  const refuse = (): never => {
    throw new RemoteBackendError("permission-denied", "A view of the past cannot be changed.");
  };
  return {
    get capabilities() {
      return store.capabilities;
    },
    ...(store.maxAttempts !== undefined && { maxAttempts: store.maxAttempts }),
    async get(keys, options) {
      return history().getAt(keys, await snapshotOf(options), options);
    },
    async *list(prefix, options) {
      yield* history().listAt(prefix, await snapshotOf(options), options);
    },
    put: async () => refuse(),
    delete: async () => refuse(),
  };
}
