import type { Socket } from "node:net";
import { Connection, type ConnectionPlan } from "./connection.js";
import type { Address, ConnectionSettings } from "./connection-settings.js";
import { LargeParameters } from "./large-parameters.js";
import { cancelRequest } from "./messages.js";
import { failingSocket, openSocket } from "./open-socket.js";
import type { SessionTarget } from "./session-check.js";
import { failure, STALLED } from "./translate-error.js";

/** Time for which an unreachable host is tried after the others, in milliseconds. */
const AVOIDED_MS = 30_000;

/** A host, and the kind of server to require. */
interface Candidate {
  readonly address: Address;
  readonly target: SessionTarget;
}

/**
 * Sockets of a pool. Tracks connections so that silently dead ones can be dropped, which postgres.js would keep
 * forever.
 */
export class Sockets {
  /** File contents that connections insert into statements on the way to the server. */
  readonly largeParameters = new LargeParameters();
  readonly #settings: ConnectionSettings;
  readonly #connections = new Map<Connection, Address>();
  /** Controllers that abort pending connection attempts. */
  readonly #attempts = new Set<AbortController>();
  /** Remaining candidates of statements whose server was of the wrong kind. */
  readonly #resumed: (readonly Candidate[])[] = [];
  readonly #failedAt = new Map<Address, number>();
  #heardAt = 0;
  #isEnded = false;

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
  }

  /** Number of open connections. */
  get count(): number {
    return this.#connections.size;
  }

  /** Time of the last data from any server, on the `Date.now()` clock; 0 if there was none. */
  get heardAt(): number {
    return Math.max(this.#heardAt, ...[...this.#connections.keys()].map(({ heardAt }) => heardAt));
  }

  /**
   * Opens a socket. On failure returns one that fails immediately, because postgres.js leaks a connection without a
   * socket.
   */
  async open(): Promise<Socket> {
    const candidates = this.#resumed.shift() ?? this.#candidates();
    let last: unknown;
    for (const [i, { address, target }] of candidates.entries()) {
      if (this.#isEnded) return failingSocket(failure("CONNECTION_ENDED"));
      try {
        const socket = await this.#connect(address);
        this.#failedAt.delete(address);
        const rest = candidates.slice(i + 1);
        const next = rest.length > 0 ? () => void this.#resumed.push(rest) : undefined;
        return this.#adopt(socket, address, { target, next });
      } catch (error) {
        this.#failedAt.set(address, Date.now());
        last = error;
      }
    }
    return failingSocket(last);
  }

  /** Returns the connection with the process id that postgres.js knows. */
  find(id: number | null): Connection | undefined {
    return [...this.#connections.keys()].find((connection) => connection.id === id);
  }

  /**
   * Drops a connection that did not respond to a statement, and idle ones without data since the statement was sent.
   * @param sentAt Time on the `Date.now()` clock.
   */
  dropStalled(id: number | null, sentAt: number): void {
    this.find(id)?.drop(failure(STALLED));
    this.dropIdle(sentAt);
  }

  /** Drops idle connections whose last data arrived at `before` or earlier, a time on the `Date.now()` clock. */
  dropIdle(before: number): void {
    for (const connection of this.#connections.keys()) {
      if (connection.isIdle && connection.heardAt <= before) connection.drop(failure(STALLED));
    }
  }

  /** Asks the server to cancel the statement of a connection. Never rejects, because failed requests are repeated. */
  async cancel(id: number | null): Promise<void> {
    const connection = this.find(id);
    const address = connection && this.#connections.get(connection);
    if (connection === undefined || address === undefined || connection.cancelUnsent()) return;
    try {
      const socket = await this.#connect(address);
      socket.on("error", () => socket.destroy());
      socket.setTimeout(this.#settings.connectTimeoutMs, () => socket.destroy());
      // The server closes the connection once it has handled the request. PgBouncer discards the request if the client
      // disconnects earlier.
      socket.on("end", () => socket.destroy());
      socket.unref().resume().write(cancelRequest(connection.backendKey));
    } catch {
      // The statement's own timeout applies.
    }
  }

  /** Drops all connections, including pending ones, and opens no more. */
  end(): void {
    this.#isEnded = true;
    for (const attempt of this.#attempts) attempt.abort();
    for (const connection of this.#connections.keys()) connection.drop(failure("CONNECTION_ENDED"));
  }

  #adopt(socket: Socket, address: Address, plan: ConnectionPlan): Socket {
    const owner = {
      largeParameters: this.largeParameters,
      onClose: (closed: Connection) => {
        this.#heardAt = this.heardAt;
        this.#connections.delete(closed);
      },
      onSilence: (sentAt: number) => this.dropIdle(sentAt),
    };
    this.#connections.set(new Connection(socket, this.#settings, owner, plan), address);
    return socket;
  }

  /** Returns the hosts in order, with those that failed recently last. */
  #candidates(): readonly Candidate[] {
    const { hosts, targetSessionAttrs } = this.#settings;
    const isAvoided = (address: Address) =>
      Number(Date.now() - (this.#failedAt.get(address) ?? Number.NEGATIVE_INFINITY) < AVOIDED_MS);
    const ordered = [...hosts].sort((a, b) => isAvoided(a) - isAvoided(b));
    const round = (target: SessionTarget) => ordered.map((address) => ({ address, target }));
    if (targetSessionAttrs === "prefer-standby") return [...round("standby"), ...round("any")];
    return round(targetSessionAttrs);
  }

  async #connect(address: Address): Promise<Socket> {
    const attempt = new AbortController();
    const timer = setTimeout(() => attempt.abort(), this.#settings.connectTimeoutMs);
    this.#attempts.add(attempt);
    try {
      return await openSocket(address, this.#settings, attempt.signal);
    } finally {
      clearTimeout(timer);
      this.#attempts.delete(attempt);
    }
  }
}
