import { type BackendKey, MESSAGE, readBackendKey, sqlStateOf } from "./messages.js";
import { SessionCheck, type SessionTarget } from "./session-check.js";
import { isRefusalForNow } from "./translate-error.js";

/**
 * Reaction to a message of the server:
 * - `pass`: forward the message to postgres.js.
 * - `wait`: do nothing.
 * - `ask`: query the kind of server with `SessionCheck.query`.
 * - `ready`: the connection can be used.
 * - `refused`: this server may accept later, or another one may accept now; forward its reason to postgres.js.
 * - `misconfigured`: the server is not of the requested kind.
 */
type Step = "pass" | "wait" | "ask" | "ready" | "refused" | "misconfigured";

/** Handles the server's messages from startup until the connection can be used. */
export class Greeting {
  /** Server process behind the connection. */
  backendKey: BackendKey = { pid: null, secret: null };
  readonly #target: SessionTarget;
  #check: SessionCheck | undefined;

  constructor(target: SessionTarget) {
    this.#target = target;
  }

  /** Processes one message, and returns the reaction to it. */
  read(message: Buffer): Step {
    if (this.#check) {
      const fits = this.#check.read(message, this.#target);
      if (fits === undefined) return "wait";
      return fits ? "ready" : "misconfigured";
    }
    const type = message[0];
    if (type === MESSAGE.backendKeyData) {
      this.backendKey = readBackendKey(message);
      return "wait";
    }
    if (type === MESSAGE.errorResponse && isRefusalForNow(sqlStateOf(message))) return "refused";
    if (type !== MESSAGE.readyForQuery) return "pass";
    if (this.#target === "any") return "ready";
    this.#check = new SessionCheck();
    return "ask";
  }
}
