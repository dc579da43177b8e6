import { RemoteBackendError } from "../../src/errors.js";
import { layer } from "../../src/layer.js";
import { MemoryFileStore } from "../../src/memory-file-store.js";
import type { FileStore } from "../../src/store.js";

/** Files in memory behind a service that can be taken away. */
export class Service {
  /** The files, whatever becomes of the service. */
  readonly files = new MemoryFileStore();
  /** The files as the service has them. */
  readonly store: FileStore;
  /** Connections that are open, as a pool has them, and died. */
  dead = 0;
  /** How often a dead connection was used. */
  used = 0;
  /** Drops the connections that died together with one that was found dead. */
  dropsAll = true;
  #away: "nothing" | "reads" | "everything" = "nothing";

  constructor() {
    const { files } = this;
    const reads = () => this.#unless(this.#away !== "nothing");
    const writes = () => this.#unless(this.#away === "everything");
    this.store = layer(files, {
      // An outage that is not repeated ends at once.
      maxAttempts: 1,
      get: async (keys) => {
        reads();
        return files.get(keys);
      },
      async *list(prefix, call) {
        reads();
        yield* files.list(prefix, call);
      },
      apply: async (changes) => {
        writes();
        return files.apply(changes);
      },
      remove: async (key, call) => {
        writes();
        return files.remove(key, call);
      },
    });
  }

  #unless(away: boolean): void {
    if (away) throw new RemoteBackendError("unavailable", "The service is away.");
    if (this.dead === 0) return;
    // Noticed and repeated on a new one.
    this.used++;
    this.dead = this.dropsAll ? 0 : this.dead - 1;
  }

  /** True after `killConnections`, also once that was noticed. */
  get hasDied(): boolean {
    return this.dead > 0 || this.used > 0;
  }

  /** As a host's `deadConnections`. */
  killConnections(): () => number {
    this.dead = 10;
    this.used = 0;
    return () => this.used;
  }

  /** As a host's `outage` and `readOutage`. */
  takeAway(what: "reads" | "everything"): () => void {
    this.#away = what;
    return () => {
      this.#away = "nothing";
    };
  }
}
