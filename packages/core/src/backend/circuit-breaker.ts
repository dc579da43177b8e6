import { setTimeout as delay } from "node:timers/promises";
import { RemoteBackendError } from "../support/errors.js";

/** Longest wait of an operation for a probe, in milliseconds: it fails within a second during an outage. */
const PROBE_WAIT_MS = 900;

/** Time between a failed probe and the next one, in milliseconds. */
const PROBE_INTERVAL_MS = 250;

/** True if an error reports an outage, as opposed to a refusal by the service. */
export const isOutage = (error: unknown): error is RemoteBackendError =>
  RemoteBackendError.is(error) && (error.isTransient || error.code === "timeout");

/**
 * Lets operations fail fast during an outage. The circuit opens when an operation has failed after all its retries.
 * From then on, each operation first waits for a probe (one at a time, with a short limit) and is sent only after the
 * service has answered.
 */
export class CircuitBreaker {
  readonly #probe: () => Promise<unknown>;
  #outage: RemoteBackendError | undefined;
  #lastSuccessAt = Number.NEGATIVE_INFINITY;
  #probing: Promise<void> | undefined;
  #nextProbeAt = 0;
  /** Time at which operations stop waiting for the running probe. */
  #waitsUntil = 0;

  /** @param probe Sends a small request; rejects with an error that `isOutage` recognizes during an outage. */
  constructor(probe: () => Promise<unknown>) {
    this.#probe = probe;
  }

  get isOpen(): boolean {
    return this.#outage !== undefined;
  }

  /** Closes the circuit: the service has answered. */
  succeeded(): void {
    this.#lastSuccessAt = performance.now();
    this.#outage = undefined;
  }

  /**
   * Opens the circuit, unless the service has answered another operation in the meantime.
   * @param error Reason why an operation failed.
   * @param since Time at which its calls began to fail, on the clock of `performance.now()`.
   */
  failed(error: RemoteBackendError, since: number): void {
    if (this.#lastSuccessAt < since) this.#outage ??= error;
  }

  /**
   * Waits until an operation may be sent.
   * @throws RemoteBackendError `unavailable` within a second if the outage continues.
   */
  async pass(): Promise<void> {
    if (this.#outage) await this.#probed();
    if (this.#outage) throw refusal(this.#outage);
  }

  async #probed(): Promise<void> {
    const now = performance.now();
    if (!this.#probing && now >= this.#nextProbeAt) {
      this.#waitsUntil = now + PROBE_WAIT_MS;
      this.#probing = this.#runProbe();
    }
    const waitMs = this.#waitsUntil - now;
    if (this.#probing && waitMs > 0) {
      await Promise.race([this.#probing, delay(waitMs, undefined, { ref: false })]);
    }
  }

  async #runProbe(): Promise<void> {
    const error = await this.#probe().catch((reason: unknown) => reason);
    this.#probing = undefined;
    this.#nextProbeAt = performance.now() + PROBE_INTERVAL_MS;
    if (!isOutage(error)) this.succeeded();
  }
}

function refusal(outage: RemoteBackendError): RemoteBackendError {
  const { message: reason, hint } = innermost(outage);
  const message = `The operation was not sent, because the storage is unavailable. ${reason}`;
  return new RemoteBackendError("unavailable", message, { cause: outage, hint, isTransient: false });
}

/**
 * Returns the innermost `RemoteBackendError` of a chain of causes: the messages of the outer ones describe a single
 * operation.
 */
const innermost = (error: RemoteBackendError): RemoteBackendError =>
  RemoteBackendError.is(error.cause) ? innermost(error.cause) : error;
