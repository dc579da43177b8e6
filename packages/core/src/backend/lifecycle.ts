import type { FileStore, Key } from "../store/file-store.js";
import { withDeadline } from "../support/deadline.js";
import { RemoteBackendError } from "../support/errors.js";
import { CircuitBreaker } from "./circuit-breaker.js";
import { Retries } from "./retry.js";

/** Time limit of a probe, in milliseconds. A probe that hangs must not hide the end of an outage. */
const PROBE_TIMEOUT_MS = 5_000;

/** Key of a file that does not exist; any answer, including its absence, proves that the service is back. */
const PROBE_KEY: Key = ".deepagents-remote-probe";

/** Opens and closes one store and holds its circuit breaker. Shared by all backends on the store. */
export class Lifecycle {
  readonly #store: FileStore;
  readonly #timeoutMs: number;
  #running = 0;
  /** Called when the last running operation has ended. */
  #idle = () => {};
  #opening: Promise<void> | undefined;
  #openingRetries: Retries | undefined;
  #isOpen = false;
  #closing: Promise<void> | undefined;

  /** Lets operations fail fast during an outage. */
  readonly breaker = new CircuitBreaker(() => this.run(() => this.#probe()));

  /** @param timeoutMs Time limit for opening the store, retries included. */
  constructor(store: FileStore, timeoutMs: number) {
    this.#store = store;
    this.#timeoutMs = timeoutMs;
  }

  /** Opens the store unless it is open. Concurrent callers share one attempt and its retries. */
  async open(): Promise<void> {
    if (!this.#isOpen) await this.initialize();
  }

  /** Makes a single attempt to open the store unless it is open. */
  async tryToOpen(): Promise<void> {
    this.#assertOpen();
    if (!this.#isOpen) await this.#open(1);
  }

  /** Opens the store even if it is already open, because the service may have changed since. */
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

  /** Makes the next operation open the store again. Called when an open store turns out to be misconfigured. */
  invalidate(): void {
    this.#isOpen = false;
  }

  /** True if the store is open and need not be opened. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Error of the last failed attempt while the store is being opened. */
  get lastFailure(): RemoteBackendError | undefined {
    return this.#isOpen ? undefined : this.#openingRetries?.lastFailure;
  }

  /** Sends a small request. If the store is not open yet, makes one attempt to open it instead. */
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

  /** Rejects new operations, waits for the running ones, then closes the store. Idempotent. */
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

/** Strips the waiting time from the message of a failed opening, because it varies. */
export const withoutWait = (message: string): string =>
  message.replace(/ Gave up after \d+ attempts in \d+ s\.$/, "");

/** Appends the waiting time to the message of a failed opening. */
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
