import { simpleQuery } from "./messages.js";

/** Idle time after which a connection is checked before it is used, in milliseconds. */
const IDLE_CHECK_AFTER_MS = 5_000;

/** Timeout of the check, in milliseconds. A reachable server needs one round trip. */
const IDLE_CHECK_MS = 2_000;

/** Empty statement, which every server and pooler responds to. */
const PING = simpleQuery("");

type Data = Uint8Array | string;

/** Checks a connection that was idle for long, and holds the next statement until the check is over. */
export class IdleCheck {
  readonly #write: (data: Data) => void;
  readonly #limitMs: number;
  #held: Data[] | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param write Writes to the socket. */
  constructor(write: (data: Data) => void, connectTimeoutMs: number) {
    this.#write = write;
    this.#limitMs = Math.min(IDLE_CHECK_MS, connectTimeoutMs);
  }

  get isRunning(): boolean {
    return this.#held !== undefined;
  }

  /**
   * Starts a check if the server has been silent for long.
   * @param heardAt Time of the last data from the server, on the `Date.now()` clock.
   * @param silent Called with the time of the request if there is no response in time.
   */
  begin(heardAt: number, silent: (sentAt: number) => void): void {
    const sentAt = Date.now();
    const idleMs = sentAt - heardAt;
    // A negative time means that the clock was adjusted.
    if (idleMs >= 0 && idleMs < IDLE_CHECK_AFTER_MS) return;
    this.#held = [];
    this.#write(PING);
    this.#timer = setTimeout(silent, this.#limitMs, sentAt);
  }

  /** Holds bytes until the check is over. */
  hold(data: Data): void {
    this.#held?.push(data);
  }

  /** Ends the check and returns the held bytes. */
  end(): readonly Data[] {
    clearTimeout(this.#timer);
    const held = this.#held ?? [];
    this.#held = undefined;
    return held;
  }
}
