import type { BackendProtocolV2, MaybePromise } from "../protocol/protocol.js";

/** Gives the service back. */
export type Restore = () => MaybePromise<void>;

/** One request that a host loses. */
export interface LostRequest {
  /** False for a request that never arrives. */
  readonly isCarriedOut: boolean;
  /** Operations of others before the backend notices. */
  meanwhile(): Promise<void>;
}

/** A backend with ways to open it again, to let go of it, and to take its service away. */
export interface BackendFixture {
  readonly backend: BackendProtocolV2;
  /** Another instance on the same storage, for races. Default: the same instance again. */
  open?(): MaybePromise<BackendProtocolV2>;
  /** Called when the case is over, whatever became of it. */
  close?(): MaybePromise<void>;
  /** Makes every request to the service fail, until the function that it answers with is called. */
  outage?(): MaybePromise<Restore>;
  /** The same for requests that only look or read; those that write go through. */
  readOutage?(): MaybePromise<Restore>;
  /**
   * Makes every open connection to the service dead without a FIN or RST, while new ones work. Returns a function that
   * counts the dead ones on which a request has been sent since.
   */
  deadConnections?(): MaybePromise<() => number>;
  /**
   * Loses the next request of `backend` that changes something. The service carries it out where that is asked for, then
   * `meanwhile` runs, and only then the connection breaks, without an answer. Everything else passes, and so does what
   * instances of `open` send, which `meanwhile` uses.
   */
  loseAnswer?(lost: LostRequest): MaybePromise<void>;
}

/** What a backend of one case is made from. */
export interface CreateContext {
  /**
   * 18 letters, digits and `-`, unique to the case; for a namespace, folder or table. Some cases ask for a neighbour
   * too, whose name is that of the first with a few characters of any kind behind it.
   */
  readonly name: string;
  /**
   * The same as a list of names: `[name]`. Where `namespaces` is promised some cases ask for neighbours with several
   * names of any kind behind the first; their `name` is all of them, joined by `/`.
   */
  readonly namespace: readonly string[];
}
