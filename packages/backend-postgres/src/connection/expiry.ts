import type { ConnectionSettings } from "./connection-settings.js";

/** Idle timer and lifetime timer of a connection. */
export class Expiry {
  readonly #settings: Pick<ConnectionSettings, "idleTimeoutMs" | "maxLifetimeMs">;
  #idle: NodeJS.Timeout | undefined;
  #lifetime: NodeJS.Timeout | undefined;

  constructor(settings: Pick<ConnectionSettings, "idleTimeoutMs" | "maxLifetimeMs">) {
    this.#settings = settings;
  }

  /** Starts both timers, without keeping the process alive. */
  start(onIdle: () => void, onOld: () => void): void {
    const { idleTimeoutMs, maxLifetimeMs } = this.#settings;
    if (idleTimeoutMs > 0) this.#idle = setTimeout(onIdle, idleTimeoutMs).unref();
    // Randomized, so that the connections of a pool do not all expire at once.
    const lifetimeMs = maxLifetimeMs * (1 - Math.random() / 4);
    if (maxLifetimeMs > 0) this.#lifetime = setTimeout(onOld, lifetimeMs).unref();
  }

  /** Restarts the idle timer. */
  refresh(): void {
    this.#idle?.refresh();
  }

  stop(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#lifetime);
  }
}
