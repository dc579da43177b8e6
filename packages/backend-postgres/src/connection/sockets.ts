import type { Socket } from "node:net";
import { Connection, type ConnectionPlan } from "./connection.js";
import type { Address, ConnectionSettings } from "./connection-settings.js";
import { LargeParameters } from "./large-parameters.js";
import { cancelRequest } from "./messages.js";
import { doomed, openSocket } from "./open-socket.js";
import type { SessionTarget } from "./session-check.js";
import { failure, STALLED } from "./translate-error.js";

/** Time for which a host that could not be reached is tried after the others, in milliseconds. */
const AVOIDED_MS = 30_000;

/** A host, and the kind of server that it is to be. */
interface Candidate {
  readonly address: Address;
  readonly target: SessionTarget;
}

/** The sockets of a pool, so that connections that died silently can be dropped: postgres.js would keep them for ever. */
export class Sockets {
  /** Contents of files that connections put into the statements that pass. */
  readonly largeParameters = new LargeParameters();
  readonly #settings: ConnectionSettings;
  readonly #connections = new Map<Connection, Address>();
  /** Ends attempts to connect. */
  readonly #attempts = new Set<AbortController>();
  /** Candidates that remain for statements whose server was not the right one. */
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

  /** When a server last sent something, in milliseconds of `Date.now()`; 0 for never. */
  get heardAt(): number {
    return Math.max(this.#heardAt, ...[...this.#connections.keys()].map(({ heardAt }) => heardAt));
  }

  /** A connected socket; or one that fails right away, because postgres.js loses a connection without any. */
  async open(): Promise<Socket> {
    const candidates = this.#resumed.shift() ?? this.#candidates();
    let last: unknown;
    for (const [i, { address, target }] of candidates.entries()) {
      if (this.#isEnded) return doomed(failure("CONNECTION_ENDED"));
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
    return doomed(last);
  }

  /** The connection that postgres.js knows by this process id. */
  find(id: number | null): Connection | undefined {
    return [...this.#connections.keys()].find((connection) => connection.id === id);
  }

  /**
   * Drops a connection that has not answered a statement, and the idle ones that were heard of last before it was sent.
   * @param sentAt In milliseconds of `Date.now()`.
   */
  dropStalled(id: number | null, sentAt: number): void {
    this.find(id)?.drop(failure(STALLED));
    this.dropIdle(sentAt);
  }

  /** Drops the idle connections that were heard of last at `before` or earlier, in milliseconds of `Date.now()`. */
  dropIdle(before: number): void {
    for (const connection of this.#connections.keys()) {
      if (connection.isIdle && connection.heardAt <= before) connection.drop(failure(STALLED));
    }
  }

  /** Asks the server of a connection to cancel its statement. Never rejects: a request that fails is repeated. */
  async cancel(id: number | null): Promise<void> {
    const connection = this.find(id);
    const address = connection && this.#connections.get(connection);
    if (connection === undefined || address === undefined || connection.cancelUnsent()) return;
    try {
      const socket = await this.#connect(address);
      socket.on("error", () => socket.destroy());
      socket.setTimeout(this.#settings.connectTimeoutMs, () => socket.destroy());
      // The server hangs up when it has passed the request on; PgBouncer drops one whose client has left before.
      socket.on("end", () => socket.destroy());
      socket.unref().resume().write(cancelRequest(connection.key));
    } catch {
      // The statement's own time limit decides.
    }
  }

  /** Drops all connections, also those that are being made, and makes no more. */
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

  /** Hosts in their order, those that failed a moment ago last. */
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
