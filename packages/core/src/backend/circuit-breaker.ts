import { setTimeout as delay } from "node:timers/promises";
import { RemoteBackendError } from "../support/errors.js";

/** Longest wait of an operation for a probe, in milliseconds: it fails within a second while the service is away. */
const PROBE_WAIT_MS = 900;

/** Time between a failed probe and the next one, in milliseconds. */
const PROBE_INTERVAL_MS = 250;

/** True for an error that says that the service is away, and not that it refused. */
export const isOutage = (error: unknown): error is RemoteBackendError =>
  RemoteBackendError.is(error) && (error.isTransient || error.code === "timeout");

/**
 * Lets operations fail fast while the service is known to be away. It opens when an operation was given up, after all its
 * retries. From then on an operation first waits for a probe, one at a time and with a short limit, and is sent only when
 * the service has answered.
 */
export class CircuitBreaker {
  readonly #probe: () => Promise<unknown>;
  #outage: RemoteBackendError | undefined;
  #lastSuccessAt = Number.NEGATIVE_INFINITY;
  #probing: Promise<void> | undefined;
  #nextProbeAt = 0;
  /** When operations stop waiting for the probe that runs. */
  #waitsUntil = 0;

  /** @param probe Sends a small request; rejects with what `isOutage` recognizes while the service is away. */
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
   * Opens the circuit, unless the service has answered others in the meantime.
   * @param error Why an operation was given up.
   * @param since When its calls began to fail, as `performance.now()` tells it.
   */
  failed(error: RemoteBackendError, since: number): void {
    if (this.#lastSuccessAt < since) this.#outage ??= error;
  }

  /**
   * Returns once an operation may be sent.
   * @throws RemoteBackendError `unavailable` if the service is still away, within a second.
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
    const left = this.#waitsUntil - now;
    if (this.#probing && left > 0) {
      await Promise.race([this.#probing, delay(left, undefined, { ref: false })]);
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
  const message = `The operation was not sent, because the storage is away. ${reason}`;
  return new RemoteBackendError("unavailable", message, { cause: outage, hint, isTransient: false });
}

/** The innermost error of ours: the messages around it speak of one operation. */
const innermost = (error: RemoteBackendError): RemoteBackendError =>
  RemoteBackendError.is(error.cause) ? innermost(error.cause) : error;
