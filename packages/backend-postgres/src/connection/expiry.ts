import type { ConnectionSettings } from "./connection-settings.js";

/** Times after which a connection is to end: of idleness, and of its whole life. */
export class Expiry {
  readonly #settings: Pick<ConnectionSettings, "idleTimeoutMs" | "maxLifetimeMs">;
  #idle: NodeJS.Timeout | undefined;
  #lifetime: NodeJS.Timeout | undefined;

  constructor(settings: Pick<ConnectionSettings, "idleTimeoutMs" | "maxLifetimeMs">) {
    this.#settings = settings;
  }

  /** Starts both times, without keeping the process alive. */
  start(onIdle: () => void, onOld: () => void): void {
    const { idleTimeoutMs, maxLifetimeMs } = this.#settings;
    if (idleTimeoutMs > 0) this.#idle = setTimeout(onIdle, idleTimeoutMs).unref();
    // Spread out, so that a pool does not open all its connections at once.
    const lifetimeMs = maxLifetimeMs * (1 - Math.random() / 4);
    if (maxLifetimeMs > 0) this.#lifetime = setTimeout(onOld, lifetimeMs).unref();
  }

  /** Starts the idle time again. */
  refresh(): void {
    this.#idle?.refresh();
  }

  stop(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#lifetime);
  }
}
