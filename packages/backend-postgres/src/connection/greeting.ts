import { type BackendKey, MESSAGE, readBackendKey, sqlStateOf } from "./messages.js";
import { SessionCheck, type SessionTarget } from "./session-check.js";
import { isRefusalForNow } from "./translate-error.js";

/**
 * - `pass`: the message is for postgres.js.
 * - `wait`: there is nothing to do.
 * - `ask`: the server is to be asked what it is, by `SessionCheck.query`.
 * - `ready`: the connection may be used.
 * - `refused`: the server may accept later, or another one may now; its reason is for postgres.js.
 * - `misconfigured`: it is not of the kind that is asked for.
 */
type Step = "pass" | "wait" | "ask" | "ready" | "refused" | "misconfigured";

/** The server's part of a connection's beginning, until the connection may be used. */
export class Greeting {
  /** The server's process. */
  key: BackendKey = { pid: null, secret: null };
  readonly #target: SessionTarget;
  #check: SessionCheck | undefined;

  constructor(target: SessionTarget) {
    this.#target = target;
  }

  /** Takes one message, and returns what follows from it. */
  read(message: Buffer): Step {
    if (this.#check) {
      const fits = this.#check.read(message, this.#target);
      if (fits === undefined) return "wait";
      return fits ? "ready" : "misconfigured";
    }
    const type = message[0];
    if (type === MESSAGE.backendKeyData) {
      this.key = readBackendKey(message);
      return "wait";
    }
    if (type === MESSAGE.errorResponse && isRefusalForNow(sqlStateOf(message))) return "refused";
    if (type !== MESSAGE.readyForQuery) return "pass";
    if (this.#target === "any") return "ready";
    this.#check = new SessionCheck();
    return "ask";
  }
}
