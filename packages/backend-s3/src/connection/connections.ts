import { type AgentOptions, type ClientRequest, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent, type AgentOptions as HttpsAgentOptions } from "node:https";
import type { Duplex } from "node:stream";

/**
 * Check of a connection that was idle for `afterIdleMs`: the response to its next request must start within
 * `answerWithinMs`. Load balancers drop idle connections without notice, and frozen functions lose theirs.
 */
const CHECK = { afterIdleMs: 10_000, answerWithinMs: 3_000 };

/** Requests with larger bodies are not checked: the store responds only once it has read the whole body. In bytes. */
const MAX_CHECKED_BYTES = 64 * 1024;

export interface ConnectionsOptions {
  /** Maximum number of connections. */
  readonly maxConnections: number;
  /** Maximum time that an idle connection is kept, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Maximum age of a connection that is reused, in milliseconds. */
  readonly maxLifetimeMs: number;
}

/** Name of the error that ends a request whose idle connection failed the check. */
export const STALE = "StaleConnectionError";

/** Connection agents of a client. They detect idle connections that died silently. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #agents: (HttpAgent | HttpsAgent)[] = [];
  readonly #openSince = new WeakMap<Duplex, number>();
  readonly #idleSince = new WeakMap<Duplex, number>();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** Creates an agent for one protocol. */
  agent(protocol: "http" | "https", more: AgentOptions | HttpsAgentOptions = {}): HttpAgent | HttpsAgent {
    const options = { keepAlive: true, maxSockets: this.#options.maxConnections, ...more };
    const agent = protocol === "http" ? new HttpAgent(options) : new HttpsAgent(options as HttpsAgentOptions);
    const keep = agent.keepSocketAlive.bind(agent);
    const reuse = agent.reuseSocket.bind(agent);
    const timers = new WeakMap<Duplex, NodeJS.Timeout>();
    agent.keepSocketAlive = (socket) => {
      const now = performance.now();
      if (!this.#openSince.has(socket)) this.#openSince.set(socket, now);
      this.#idleSince.set(socket, now);
      timers.set(socket, setTimeout(() => socket.destroy(), this.#options.idleTimeoutMs).unref());
      // Node uses the return value, although its type is void.
      return keep(socket);
    };
    agent.reuseSocket = (socket, request) => {
      clearTimeout(timers.get(socket));
      reuse(socket, request);
      const idleMs = performance.now() - (this.#idleSince.get(socket) ?? Number.POSITIVE_INFINITY);
      if (idleMs > CHECK.afterIdleMs) this.#check(request);
    };
    this.#agents.push(agent);
    return agent;
  }

  /**
   * Closes idle connections that exceed a limit. Called before each request.
   * @param writes True for a change. It may not be repeated if it gets no response, so it is not sent on a connection
   *   that would have to be checked.
   * @see https://www.rfc-editor.org/rfc/rfc9112#section-9.3.1
   */
  prune(writes: boolean): void {
    const now = performance.now();
    const { idleTimeoutMs: limit, maxLifetimeMs } = this.#options;
    const idleTimeoutMs = writes ? Math.min(limit, CHECK.afterIdleMs) : limit;
    this.#end(
      (socket) =>
        now - (this.#idleSince.get(socket) ?? now) > idleTimeoutMs ||
        now - (this.#openSince.get(socket) ?? now) > maxLifetimeMs,
    );
  }

  /**
   * Closes connections that have been idle since before `time`, when a request that timed out started: they are
   * probably dead too.
   */
  dropIdleSince(time: number): void {
    this.#end((socket) => (this.#idleSince.get(socket) ?? time) <= time);
  }

  #end(isOver: (socket: Duplex) => boolean): void {
    for (const agent of this.#agents) {
      for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) {
        if (!isOver(socket)) continue;
        socket.destroy();
        // Makes the agent drop the socket now, instead of when it has closed.
        socket.emit("agentRemove");
      }
    }
  }

  #check(request: ClientRequest): void {
    if (Number(request.getHeader("content-length") ?? 0) > MAX_CHECKED_BYTES) return;
    const fail = () => {
      request.destroy(Object.assign(new Error("The idle connection was dead."), { name: STALE }));
    };
    const timer = setTimeout(fail, CHECK.answerWithinMs);
    for (const event of ["response", "close"]) request.once(event, () => clearTimeout(timer));
  }
}
