import { type AgentOptions, type ClientRequest, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent, type AgentOptions as HttpsAgentOptions } from "node:https";
import type { Duplex } from "node:stream";

/**
 * A connection that was idle for so long is checked: its next answer has to begin soon. Load balancers drop idle flows, and
 * frozen functions lose theirs, without a packet. In milliseconds.
 */
const CHECK = { afterIdleMs: 10_000, answerWithinMs: 3_000 };

/** Requests with more than that are not checked: their answer begins when the store has read all of it. In bytes. */
const MAX_CHECKED_BYTES = 64 * 1024;

export interface ConnectionsOptions {
  /** Connections at most. */
  readonly maxConnections: number;
  /** Longest time that a connection is kept without a request, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Longest time that a connection is used for further requests, in milliseconds. */
  readonly maxLifetimeMs: number;
}

/** Name of the error that ends a request whose idle connection did not pass the check. */
export const STALE = "StaleConnectionError";

/** Idle connections of a client, which may have died without a word. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #agents: (HttpAgent | HttpsAgent)[] = [];
  readonly #openSince = new WeakMap<Duplex, number>();
  readonly #idleSince = new WeakMap<Duplex, number>();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** An agent for one protocol whose connections are watched. */
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
      // Node's own answer decides, although its type is void.
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

  /** Ends idle connections that are too old; to be called before a request. */
  prune(): void {
    const now = performance.now();
    const { idleTimeoutMs, maxLifetimeMs } = this.#options;
    this.#end(
      (socket) =>
        now - (this.#idleSince.get(socket) ?? now) > idleTimeoutMs ||
        now - (this.#openSince.get(socket) ?? now) > maxLifetimeMs,
    );
  }

  /** Ends the connections that have been idle since before a request met silence: they are as dead as its own. */
  dropIdleSince(time: number): void {
    this.#end((socket) => (this.#idleSince.get(socket) ?? time) <= time);
  }

  #end(isOver: (socket: Duplex) => boolean): void {
    for (const agent of this.#agents) {
      for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) {
        if (!isOver(socket)) continue;
        socket.destroy();
        // Makes the agent forget it now, and not when it has closed.
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
