import type { FileStore, Key } from "../store/file-store.js";
import { withDeadline } from "../support/deadline.js";
import { RemoteBackendError } from "../support/errors.js";
import { CircuitBreaker } from "./circuit-breaker.js";
import { Retries } from "./retry.js";

/** Limit of a probe while the service is away, in milliseconds. A probe that hangs must not hide the service's return. */
const PROBE_TIMEOUT_MS = 5_000;

/** A file that nobody has: its absence is an answer. */
const PROBE_KEY: Key = ".deepagents-remote-probe";

/** Opening and closing of one store, and its circuit breaker; shared by all backends over it. */
export class Lifecycle {
  readonly #store: FileStore;
  readonly #timeoutMs: number;
  #running = 0;
  /** Called when the last operation has ended. */
  #idle = () => {};
  #opening: Promise<void> | undefined;
  #openingRetries: Retries | undefined;
  #isOpen = false;
  #closing: Promise<void> | undefined;

  /** Lets operations fail fast while the service is away. */
  readonly breaker = new CircuitBreaker(() => this.run(() => this.#probe()));

  /** @param timeoutMs Limit of an opening, its retries included. */
  constructor(store: FileStore, timeoutMs: number) {
    this.#store = store;
    this.#timeoutMs = timeoutMs;
  }

  /** Opens the store unless it is open. Callers at the same time share the opening and its retries. */
  async open(): Promise<void> {
    if (!this.#isOpen) await this.initialize();
  }

  /** Makes one attempt to open the store unless it is open. */
  async tryToOpen(): Promise<void> {
    this.#assertOpen();
    if (!this.#isOpen) await this.#open(1);
  }

  /** Opens the store, also one that is open already: the service may have changed since then. */
  initialize(): Promise<void> {
    this.#assertOpen();
    return this.#open(this.#store.maxAttempts);
  }

  #open(maxAttempts: number | undefined): Promise<void> {
    this.#opening ??= this.#attemptToOpen(maxAttempts).finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #attemptToOpen(maxAttempts: number | undefined): Promise<void> {
    const start = performance.now();
    let attempts = 0;
    try {
      await withDeadline(
        this.#timeoutMs,
        () => late(this.#timeoutMs, this.#openingRetries?.lastFailure),
        (time) => {
          this.#openingRetries = new Retries(time, maxAttempts);
          return this.#openingRetries.run(async () => {
            attempts++;
            await this.#store.open?.({ signal: time.signal });
          });
        },
      );
    } catch (error) {
      throw attempts > 1 && RemoteBackendError.is(error) ? waitedFor(error, attempts, start) : error;
    }
    this.#isOpen = true;
    this.breaker.succeeded();
  }

  /** Makes the next operation open the store again. For a storage that turned out to be unfit since it was opened. */
  invalidate(): void {
    this.#isOpen = false;
  }

  /** True if `open` has nothing left to do. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Why the opening that runs has not succeeded yet. */
  get lastFailure(): RemoteBackendError | undefined {
    return this.#isOpen ? undefined : this.#openingRetries?.lastFailure;
  }

  /** Sends a small request. A store that is not open yet makes one attempt to open. */
  async #probe(): Promise<void> {
    if (!this.#isOpen) return this.tryToOpen();
    const [answer] = await withDeadline(
      PROBE_TIMEOUT_MS,
      () => late(PROBE_TIMEOUT_MS),
      ({ signal, deadline }) => this.#store.get([PROBE_KEY], { signal, deadline, root: "" }),
      { ref: false },
    );
    if (RemoteBackendError.is(answer)) throw answer;
  }

  /** Runs an operation that `close()` will wait for. */
  async run<T>(operation: () => Promise<T>): Promise<T> {
    this.#assertOpen();
    this.#running++;
    try {
      return await operation();
    } finally {
      this.#running--;
      if (this.#running === 0) this.#idle();
    }
  }

  /** Refuses new operations, waits for those that run, then closes the store. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#running > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    await this.#opening?.catch(() => {});
    await this.#store.close?.();
  }

  #assertOpen(): void {
    if (this.#closing) throw new RemoteBackendError("closed", "The backend was closed; construct a new one.");
  }
}

function late(timeoutMs: number, cause?: RemoteBackendError): RemoteBackendError {
  const reason = cause ? ` The attempt before failed: ${cause.message}` : "";
  const message = `The storage did not answer within ${timeoutMs} ms.${reason}`;
  return new RemoteBackendError("timeout", message, cause && { cause, hint: cause.hint });
}

/** Removes from a message how long an opening has waited, which differs each time. */
export const withoutWait = (message: string): string =>
  message.replace(/ Gave up after \d+ attempts in \d+ s\.$/, "");

/** Adds how long an opening has waited. */
function waitedFor(error: RemoteBackendError, attempts: number, start: number): RemoteBackendError {
  const { code, message, cause, hint, option, isTransient, isThrottled, retryAfterMs } = error;
  const seconds = Math.ceil((performance.now() - start) / 1_000);
  return new RemoteBackendError(code, `${message} Gave up after ${attempts} attempts in ${seconds} s.`, {
    cause,
    hint,
    option,
    isTransient,
    isThrottled,
    retryAfterMs,
  });
}
