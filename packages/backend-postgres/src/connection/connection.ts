import type { Socket } from "node:net";
import type { ConnectionSettings } from "./connection-settings.js";
import { Expiry } from "./expiry.js";
import { Greeting } from "./greeting.js";
import { IdleCheck } from "./idle-check.js";
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
  startupMessage,
  TERMINATE,
} from "./messages.js";
import { SessionCheck, type SessionTarget } from "./session-check.js";
import { type Emit, tapSocket } from "./tap-socket.js";
import { CANCELLED, failure, NOT_POSTGRES, NOT_SENT, WRONG_SESSION } from "./translate-error.js";

/** Message types that a server may send first: authentication, an error, a protocol version. */
const FIRST_TYPES = ["R", "E", "v"];

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
  /** When the server last sent something, in milliseconds of `Date.now()`. */
  heardAt = Date.now();
  /** Complete answers to statements. */
  answers = 0;
  readonly #settings: ConnectionSettings;
  readonly #owner: ConnectionOwner;
  readonly #next: (() => void) | undefined;
  readonly #greeting: Greeting;
  readonly #check: IdleCheck;
  readonly #expiry: Expiry;
  readonly #reader = new MessageReader();
  readonly #emit: Emit;
  readonly #write: Write;
  /** For statements. */
  readonly #writer: MessageWriter;
  #state: "new" | "greeting" | "idle" | "busy" | "left" = "new";
  #isHeard = false;
  /** Bytes of the running statement have been sent. */
  #isSent = false;
  #isExpired = false;

  constructor(socket: Socket, settings: ConnectionSettings, owner: ConnectionOwner, plan: ConnectionPlan) {
    this.socket = socket;
    this.#settings = settings;
    this.#owner = owner;
    this.#next = plan.next;
    this.#greeting = new Greeting(plan.target);
    const { emit, write } = tapSocket(
      socket,
      (event, args) => this.#onEvent(event, args),
      (data, rest) => this.#onWrite(data, rest),
    );
    this.#emit = emit;
    this.#write = write;
    this.#writer = new MessageWriter(this.#write, owner.largeParameters);
    this.#check = new IdleCheck(this.#write, settings.connectTimeoutMs);
    this.#expiry = new Expiry(settings);
  }

  /** The server's process. */
  get key(): BackendKey {
    return this.#greeting.key;
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
    else if (this.#check.isRunning) this.#onCheck();
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
    this.#expiry.refresh();
  }

  #onGreeting(message: Buffer): void {
    if (this.#state === "left") return;
    const step = this.#greeting.read(message);
    if (step === "ready") this.#ready();
    else if (step === "ask") this.#write(SessionCheck.query);
    else if ((step === "refused" || step === "misconfigured") && this.#next) this.#tryNext(this.#next);
    else if (step === "misconfigured") this.drop(failure(WRONG_SESSION));
    else if (step !== "wait") this.#emit("data", message);
  }

  /** Without an error postgres.js asks for another socket for the same statement. */
  #tryNext(next: () => void): void {
    next();
    this.#leave();
    this.socket.destroy();
  }

  #ready(): void {
    this.#expiry.start(
      () => this.isIdle && this.#retire(),
      () => this.#expire(),
    );
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
    if (this.#check.isRunning) {
      this.#check.hold(data);
      return true;
    }
    this.#isSent = true;
    return this.#writer.write(data, ...rest);
  }

  #begin(): void {
    this.#state = "busy";
    this.socket.ref();
    this.#check.begin(this.heardAt, (sentAt) => {
      this.#owner.onSilence(sentAt);
      this.drop(failure(NOT_SENT));
    });
  }

  /** Sends what waited for the check. */
  #onCheck(): void {
    if (this.#reader.last === MESSAGE.errorResponse) this.drop(failure(NOT_SENT));
    if (this.#reader.last !== MESSAGE.readyForQuery) return;
    this.#isSent = true;
    for (const data of this.#check.end()) this.#writer.write(data);
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
    this.#check.end();
    this.#expiry.stop();
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
