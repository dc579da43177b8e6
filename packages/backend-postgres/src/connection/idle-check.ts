import { simpleQuery } from "./messages.js";

/** Idle time after which a connection is checked before it is used, in milliseconds. */
const IDLE_CHECK_AFTER_MS = 5_000;

/** Longest time of that check, in milliseconds. A server in reach needs one round trip. */
const IDLE_CHECK_MS = 2_000;

/** An empty statement: every server and pooler answers it. */
const PING = simpleQuery("");

type Data = Uint8Array | string;

/** Checks a connection that was idle for long, and holds the statement that is to use it meanwhile. */
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
   * Begins a check if the server was silent for long.
   * @param heardAt When it last sent something, in milliseconds of `Date.now()`.
   * @param silent Called when no answer has come in time, with the time of the request.
   */
  begin(heardAt: number, silent: (sentAt: number) => void): void {
    const sentAt = Date.now();
    const idleMs = sentAt - heardAt;
    // A negative time: the clock was set.
    if (idleMs >= 0 && idleMs < IDLE_CHECK_AFTER_MS) return;
    this.#held = [];
    this.#write(PING);
    this.#timer = setTimeout(silent, this.#limitMs, sentAt);
  }

  /** Keeps bytes until the check is over. */
  hold(data: Data): void {
    this.#held?.push(data);
  }

  /** Ends the check, and returns what was held. */
  end(): readonly Data[] {
    clearTimeout(this.#timer);
    const held = this.#held ?? [];
    this.#held = undefined;
    return held;
  }
}
