import type { LostRequest } from "../../src/conformance/index.js";
import type { FileStore } from "../../src/store/file-store.js";
import { layer } from "../../src/store/layer.js";
import { MemoryFileStore } from "../../src/store/memory-file-store.js";
import { RemoteBackendError } from "../../src/support/errors.js";

/** Files in memory behind a service that can be taken away. */
export class Service {
  /** The files, whatever becomes of the service. */
  readonly files = new MemoryFileStore();
  /** The files as the service has them. */
  readonly store: FileStore;
  /** Connections that are open, as a pool has them, and died. */
  dead = 0;
  /** Number of times that a dead connection was used. */
  used = 0;
  /** Drops the connections that died together with one that was found dead. */
  dropsAll = true;
  /** Repeats on the next old connection. */
  repeatsOnOld = false;
  /** True after an answer was lost. */
  hasLost = false;
  #lost: LostRequest | undefined;
  #away: "nothing" | "reads" | "everything" = "nothing";

  /** @param maxAttempts Of one call. Default 1: an outage that is not repeated ends at once. */
  constructor(maxAttempts = 1) {
    const { files } = this;
    const reads = () => this.#unless(this.#away !== "nothing");
    const writes = () => this.#unless(this.#away === "everything");
    this.store = layer(files, {
      maxAttempts,
      get: async (keys) => {
        reads();
        return files.get(keys);
      },
      async *list(prefix, options) {
        reads();
        yield* files.list(prefix, options);
      },
      put: async (changes) => {
        writes();
        return this.#loses(() => files.put(changes));
      },
      delete: async (key, options) => {
        writes();
        return this.#loses(() => files.delete(key, options));
      },
    });
  }

  async #loses<T>(change: () => Promise<T>): Promise<T> {
    const lost = this.#lost;
    if (!lost) return change();
    this.#lost = undefined;
    if (lost.isCarriedOut) await change();
    await lost.meanwhile();
    this.hasLost = true;
    throw new RemoteBackendError("unknown-outcome", "The answer was lost.");
  }

  /** As a host's `loseAnswer`. */
  loseAnswer(lost: LostRequest): void {
    this.#lost = lost;
  }

  #unless(away: boolean): void {
    if (away) throw new RemoteBackendError("unavailable", "The service is away.");
    if (this.dead === 0) return;
    // Noticed and repeated, on another one until it is a new one.
    do {
      this.used++;
      this.dead--;
    } while (this.repeatsOnOld && this.dead > 0);
    if (this.dropsAll) this.dead = 0;
  }

  /** True after `killConnections`, also once that was noticed. */
  get hasDied(): boolean {
    return this.dead > 0 || this.used > 0;
  }

  /** Implements a fixture's `deadConnections`. */
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
