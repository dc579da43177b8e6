import type { Socket } from "node:net";
import { adaptSocket } from "./adapt-socket.js";
import type { ConnectionSettings } from "./connection-settings.js";
import { doomed, openSocket } from "./open-socket.js";
import { failure, NOT_POSTGRES } from "./translate-error.js";

/** Message types of a server: the end of its greeting, and the number of its process. */
const READY_FOR_QUERY = 0x5a;
const BACKEND_KEY_DATA = 0x4b;

/** What a server may say first: authentication, an error, a protocol version. */
const FIRST_WORDS = ["R", "E", "v"];

/** The sockets of a pool, so that those that fell silent can be dropped: postgres.js would keep them for ever. */
export class Sockets {
  readonly #settings: ConnectionSettings;
  readonly #open = new Map<Socket, number | undefined>();
  /** Ends attempts to connect. */
  readonly #attempts = new Set<AbortController>();
  #isEnded = false;

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
  }

  /** How many connections are open. */
  get count(): number {
    return this.#open.size;
  }

  /** A connected socket; or one that fails right away, because postgres.js loses a connection without any. */
  async open(): Promise<Socket> {
    const socket = await this.#connect();
    this.#open.set(socket, undefined);
    socket.once("close", () => this.#open.delete(socket));
    adaptSocket(socket, this.#settings);
    this.#followGreeting(socket);
    return socket;
  }

  /** Drops the connection to one server process. */
  drop(processId: number): void {
    for (const [socket, id] of this.#open) if (id === processId) socket.destroy(failure("ECONNRESET"));
  }

  /** Drops all connections, those that are being made too, and makes no more. */
  end(): void {
    this.#isEnded = true;
    for (const attempt of this.#attempts) attempt.abort();
    for (const socket of this.#open.keys()) socket.destroy();
  }

  async #connect(): Promise<Socket> {
    if (this.#isEnded) return doomed(failure("CONNECTION_ENDED"));
    const attempt = new AbortController();
    const timer = setTimeout(() => attempt.abort(), this.#settings.connectTimeoutMs);
    this.#attempts.add(attempt);
    try {
      return await openSocket(this.#settings, attempt.signal);
    } finally {
      clearTimeout(timer);
      this.#attempts.delete(attempt);
    }
  }

  /**
   * Reads along until the server is ready. One that hangs up before is a failure: postgres.js would connect again
   * without a pause and without an end.
   * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP
   */
  #followGreeting(socket: Socket): void {
    let unread = Buffer.alloc(0);
    let isGreeting = false;
    const hangUp = () => socket.destroy(failure("ECONNRESET"));
    const read = (data: Buffer) => {
      unread = Buffer.concat([unread, data]);
      isGreeting ||= FIRST_WORDS.includes(unread.toString("latin1", 0, 1));
      if (!isGreeting) return void socket.destroy(failure(NOT_POSTGRES));
      for (let end = messageEnd(unread); end !== undefined; end = messageEnd(unread)) {
        if (unread[0] === BACKEND_KEY_DATA) this.#open.set(socket, unread.readUInt32BE(5));
        if (unread[0] === READY_FOR_QUERY) {
          socket.off("data", read);
          socket.off("end", hangUp);
          return;
        }
        unread = unread.subarray(end);
      }
    };
    socket.prependListener("data", read);
    socket.once("end", hangUp);
  }
}

/** Where the first message of a buffer ends, if all of it is there: a type, and a length that counts itself. */
function messageEnd(buffer: Buffer): number | undefined {
  if (buffer.length < 5) return undefined;
  const end = 1 + buffer.readInt32BE(1);
  return end <= buffer.length ? end : undefined;
}
