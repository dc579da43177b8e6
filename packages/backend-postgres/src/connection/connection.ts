import type { Socket } from "node:net";
import type { ConnectionSettings } from "./connection-settings.js";
import type { LargeParameters } from "./large-parameters.js";
import { MessageReader } from "./message-reader.js";
import { MessageWriter, type Write } from "./message-writer.js";
import {
  type BackendKey,
  backendKeyData,
  eachMessage,
  errorResponse,
  MESSAGE,
  READY,
  readBackendKey,
  simpleQuery,
  sqlStateOf,
  startupMessage,
  TERMINATE,
} from "./messages.js";
import { SessionCheck, type SessionTarget } from "./session-check.js";
import {
  CANCELLED,
  failure,
  isRefusalForNow,
  NOT_POSTGRES,
  NOT_SENT,
  WRONG_SESSION,
} from "./translate-error.js";

/** Message types that a server may send first: authentication, an error, a protocol version. */
const FIRST_TYPES = ["R", "E", "v"];

/** Idle time after which a connection is checked before it is used, in milliseconds. */
const IDLE_CHECK_AFTER_MS = 5_000;

/** Longest time of that check, in milliseconds. A server in reach needs one round trip. */
const IDLE_CHECK_MS = 2_000;

/** An empty statement: every server and pooler answers it. */
const PING = simpleQuery("");

type Emit = (event: string | symbol, ...args: unknown[]) => boolean;

let connections = 0;

/** A connection's pool. */
export interface ConnectionOwner {
  readonly largeParameters: LargeParameters;
  /** The connection is closed, or about to be. */
  onClose(connection: Connection): void;
  /** No answer came to bytes that were sent at `sentAt`, in milliseconds of `Date.now()`. */
  onSilence(sentAt: number): void;
}

/** Attributes of a connection: where it leads, and where to go on if the server there is not fit. */
export interface ConnectionPlan {
  readonly target: SessionTarget;
  /** Tries the next host; `undefined` if there is none. */
  readonly next: (() => void) | undefined;
}

/**
 * A connection between postgres.js and the server. It sits on the socket's own methods, and makes up for what postgres.js
 * lacks: it checks connections that were idle, ends idle ones, and reports the end of a connection in one turn, so that no
 * statement is lost and no error reaches another statement than its own.
 */
export class Connection {
  readonly socket: Socket;
  /** Process id that postgres.js is told: a server's own may be that of another server's process too. */
  readonly id = ++connections;
  /** The server's process. */
  key: BackendKey = { pid: null, secret: null };
  /** When the server last sent something, in milliseconds of `Date.now()`. */
  heardAt = Date.now();
  /** Complete answers to statements. */
  answers = 0;
  readonly #settings: ConnectionSettings;
  readonly #owner: ConnectionOwner;
  readonly #plan: ConnectionPlan;
  readonly #reader = new MessageReader();
  readonly #emit: Emit;
  readonly #write: Write;
  /** For statements. */
  readonly #writer: MessageWriter;
  #state: "new" | "greeting" | "checking" | "idle" | "busy" | "left" = "new";
  #isHeard = false;
  /** Bytes of the running statement have been sent. */
  #isSent = false;
  /** Bytes of a statement that wait for the check of an idle connection. */
  #held: (Uint8Array | string)[] | undefined;
  #isExpired = false;
  readonly #timers: { idle?: NodeJS.Timeout; lifetime?: NodeJS.Timeout; check?: NodeJS.Timeout } = {};

  constructor(socket: Socket, settings: ConnectionSettings, owner: ConnectionOwner, plan: ConnectionPlan) {
    this.socket = socket;
    this.#settings = settings;
    this.#owner = owner;
    this.#plan = plan;
    this.#emit = socket.emit.bind(socket) as Emit;
    this.#write = socket.write.bind(socket) as Write;
    this.#writer = new MessageWriter(this.#write, owner.largeParameters);
    socket.emit = (event: string | symbol, ...args: unknown[]) => this.#onEvent(event, args);
    socket.write = (data: Uint8Array | string, ...rest: unknown[]) => this.#onWrite(data, rest);
    const end = socket.end.bind(socket) as (...args: unknown[]) => Socket;
    // A dead peer never answers a FIN.
    socket.end = (...args: unknown[]) => {
      end(...args);
      socket.destroySoon();
      return socket;
    };
  }

  /** True between two statements. */
  get isIdle(): boolean {
    return this.#state === "idle";
  }

  /**
   * Cancels a statement whose large parameter is on its way; the connection ends with it.
   * @returns `false` if there is none: only the server can cancel what it has.
   */
  cancelUnsent(): boolean {
    if (!this.#writer.isStreaming) return false;
    this.drop(failure(CANCELLED));
    return true;
  }

  /** Ends the connection; a statement that runs on it fails by `error`. */
  drop(error: Error): void {
    this.#leave(error);
    this.socket.destroy();
  }

  #onEvent(event: string | symbol, args: unknown[]): boolean {
    if (this.#state === "left" && (event === "data" || event === "error")) return true;
    if (this.#state === "left") return this.#emit(event, ...args);
    if (event === "data") this.#onData(args[0] as Buffer);
    else if (event === "error") this.drop(args[0] as Error);
    // postgres.js would connect again without a pause and without an end.
    else if ((event === "end" || event === "close") && !this.#isGreeted) this.drop(failure("ECONNRESET"));
    else if (event === "close") this.#leave();
    else return this.#emit(event, ...args);
    return true;
  }

  get #isGreeted(): boolean {
    return this.#state === "idle" || this.#state === "busy";
  }

  #onData(data: Buffer): void {
    this.heardAt = Date.now();
    const isFirst = !this.#isHeard;
    this.#isHeard = true;
    if (isFirst && !FIRST_TYPES.includes(data.toString("latin1", 0, 1))) {
      this.drop(failure(NOT_POSTGRES));
      return;
    }
    const messages = this.#reader.push(data);
    if (messages === undefined) return;
    if (!this.#isGreeted) for (const message of eachMessage(messages)) this.#onGreeting(message);
    else if (this.#held) this.#onCheck();
    else this.#onAnswer(messages);
  }

  #onAnswer(messages: Buffer): void {
    const isEnd = this.#reader.last === MESSAGE.readyForQuery;
    // Its last words, such as a shutdown. It may be given no other statement.
    const isOver = this.#state === "idle" && this.#reader.last === MESSAGE.errorResponse;
    if (isEnd) {
      this.answers++;
      this.#rest();
    }
    this.#emit("data", messages);
    if (isOver || (isEnd && this.#isExpired && this.isIdle)) this.#retire();
  }

  /** Waits for the next statement, without keeping the process alive. */
  #rest(): void {
    this.#state = "idle";
    this.#isSent = false;
    this.socket.unref();
    this.#timers.idle?.refresh();
  }

  #onGreeting(message: Buffer): void {
    const type = message[0];
    if (this.#state === "left") return;
    if (this.#state === "checking") this.#onSession(message);
    else if (type === MESSAGE.backendKeyData) this.key = readBackendKey(message);
    else if (type === MESSAGE.errorResponse && this.#plan.next && isRefusalForNow(sqlStateOf(message))) {
      this.#tryNext(this.#plan.next);
    } else if (type !== MESSAGE.readyForQuery) this.#emit("data", message);
    else if (this.#plan.target === "any") this.#ready();
    else {
      this.#state = "checking";
      this.#write(SessionCheck.query);
    }
  }

  readonly #session = new SessionCheck();

  #onSession(message: Buffer): void {
    const fits = this.#session.read(message, this.#plan.target);
    if (fits) this.#ready();
    else if (fits === false && this.#plan.next) this.#tryNext(this.#plan.next);
    else if (fits === false) this.drop(failure(WRONG_SESSION));
  }

  /** Without an error postgres.js asks for another socket for the same statement. */
  #tryNext(next: () => void): void {
    next();
    this.#leave();
    this.socket.destroy();
  }

  #ready(): void {
    const { idleTimeoutMs, maxLifetimeMs } = this.#settings;
    if (idleTimeoutMs > 0) {
      this.#timers.idle = setTimeout(() => this.isIdle && this.#retire(), idleTimeoutMs).unref();
    }
    if (maxLifetimeMs > 0) {
      // Spread out, so that a pool does not open all its connections at once.
      const lifetime = maxLifetimeMs * (1 - Math.random() / 4);
      this.#timers.lifetime = setTimeout(() => this.#expire(), lifetime).unref();
    }
    this.#rest();
    this.#emit("data", backendKeyData(this.id));
    this.#emit("data", READY);
  }

  #expire(): void {
    this.#isExpired = true;
    if (this.isIdle) this.#retire();
  }

  /** Ends an idle connection. */
  #retire(): void {
    this.#leave();
    this.#write(TERMINATE);
    this.socket.end();
  }

  #onWrite(data: Uint8Array | string, rest: unknown[]): boolean {
    if (this.#state === "left") return true;
    if (this.#state === "new") {
      // A startup message of ours instead of the first bytes: postgres.js may put those of an ended connection before.
      this.#state = "greeting";
      return this.#write(startupMessage(this.#settings.session));
    }
    if (this.#state === "idle") this.#begin();
    if (this.#held) return this.#held.push(data) > 0;
    this.#isSent = true;
    return this.#writer.write(data, ...rest);
  }

  #begin(): void {
    this.#state = "busy";
    this.socket.ref();
    const idleMs = Date.now() - this.heardAt;
    // A negative time: the clock was set.
    if (idleMs >= 0 && idleMs < IDLE_CHECK_AFTER_MS) return;
    this.#held = [];
    const sentAt = Date.now();
    this.#write(PING);
    const limitMs = Math.min(IDLE_CHECK_MS, this.#settings.connectTimeoutMs);
    this.#timers.check = setTimeout(() => {
      this.#owner.onSilence(sentAt);
      this.drop(failure(NOT_SENT));
    }, limitMs);
  }

  /** Sends what waited for the check. */
  #onCheck(): void {
    if (this.#reader.last === MESSAGE.errorResponse) this.drop(failure(NOT_SENT));
    if (this.#reader.last !== MESSAGE.readyForQuery) return;
    clearTimeout(this.#timers.check);
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#isSent = true;
    for (const data of held) this.#writer.write(data);
  }

  /**
   * Tells postgres.js that the connection has ended, all at once: in between it would give it a statement. An answer of
   * ours comes before, because postgres.js keeps a statement without an answer, and its error, for the next connection
   * (https://github.com/porsager/postgres/issues/1215).
   */
  #leave(error?: Error): void {
    if (this.#state === "left") return;
    const isGreeted = this.#isGreeted;
    this.#state = "left";
    this.#writer.stop();
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#owner.onClose(this);
    if (isGreeted) {
      const isAnswered = this.#isSent && this.#reader.last === MESSAGE.errorResponse;
      if (!isAnswered) this.#emit("data", this.#endOf(error));
      this.#emit("data", READY);
    } else if (error) this.#emit("error", error);
    this.#emit("close", false);
  }

  #endOf(error: Error | undefined): Buffer {
    const { code = "CONNECTION_CLOSED", message = "" } = (error ?? {}) as { code?: string; message?: string };
    // A server executes no part of a message.
    const isWhole = this.#isSent && !this.#writer.isStreaming;
    return errorResponse(isWhole || code === CANCELLED ? code : NOT_SENT, message);
  }
}
