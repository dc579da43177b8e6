import type { BackendProtocolV2, MaybePromise } from "../protocol/protocol.js";
import type { Author } from "../store/origin.js";

/** Restores the service. */
export type Restore = () => MaybePromise<void>;

/** Request whose answer is lost. */
export interface LostRequest {
  /** False for a request that never arrives. */
  readonly isCarriedOut: boolean;
  /** Runs operations of others before the backend notices. */
  meanwhile(): Promise<void>;
}

/** Backend, with functions to reopen it, to release it, and to simulate outages. */
export interface BackendFixture {
  readonly backend: BackendProtocolV2;
  /** Opens another instance on the same storage, for races. Default: the same instance again. */
  open?(): MaybePromise<BackendProtocolV2>;
  /** Sets the author of all later changes, as the option `history.by` returns it, for every instance. */
  setAuthor?(author: Author | undefined): void;
  /** Called at the end of the case, also after a failure. */
  close?(): MaybePromise<void>;
  /** Makes every request to the service fail, until the returned function is called. */
  outage?(): MaybePromise<Restore>;
  /** Makes requests that only read fail, until the returned function is called; those that write succeed. */
  readOutage?(): MaybePromise<Restore>;
  /**
   * Makes every open connection to the service dead without a FIN or RST, while new ones work. Returns a function that
   * counts the dead ones on which a request has been sent since.
   */
  deadConnections?(): MaybePromise<() => number>;
  /**
   * Loses the answer to the next change that `backend` sends. The service carries it out if requested, then `meanwhile`
   * runs, and only then the connection breaks, without an answer. All other requests succeed, including those of the
   * instances from `open`, which `meanwhile` uses.
   */
  loseAnswer?(lost: LostRequest): MaybePromise<void>;
}

/** Context for creating the backend of one case. */
export interface CreateContext {
  /**
   * Unique name of the case, 18 letters, digits and `-`, for a namespace, folder or table. Some cases also create a
   * neighbor, whose name is that of the first with a few arbitrary characters appended.
   */
  readonly name: string;
  /**
   * The name as a list: `[name]`. If `namespaces` is promised, some cases create neighbors with several arbitrary names
   * appended to the list; their `name` is all of them, joined by `/`.
   */
  readonly namespace: readonly string[];
}
