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
import { CANCELED, failure, NOT_POSTGRES, NOT_SENT, WRONG_SESSION } from "./translate-error.js";

/** Types of a server's first message: authentication, an error, or a protocol version. */
const FIRST_TYPES = ["R", "E", "v"];

let connections = 0;

/** Pool that a connection belongs to. */
export interface ConnectionOwner {
  readonly largeParameters: LargeParameters;
  /** Called when a connection is closed or about to close. */
  onClose(connection: Connection): void;
  /** Called if there was no response to bytes sent at `sentAt`, a time on the `Date.now()` clock. */
  onSilence(sentAt: number): void;
}

/** Attributes of a connection: its server, and how to continue if that server is not of the requested kind. */
export interface ConnectionPlan {
  readonly target: SessionTarget;
  /** Tries the next host; `undefined` if there is none. */
  readonly next: (() => void) | undefined;
}

/**
 * A connection between postgres.js and the server. It intercepts the socket's methods to add what postgres.js lacks: it
 * checks connections that were idle, closes idle ones, and reports the end of a connection in one turn, so that no
 * statement is lost and every error reaches the statement that it belongs to.
 */
export class Connection {
  readonly socket: Socket;
  /** Process id reported to postgres.js. Unique, unlike the real ids of processes on different servers. */
  readonly id = ++connections;
  /** Time of the last data from the server, on the `Date.now()` clock. */
  heardAt = Date.now();
  /** Number of complete responses to statements. */
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
  /** Writer for statements. */
  readonly #writer: MessageWriter;
  #state: "new" | "greeting" | "idle" | "busy" | "closed" = "new";
  #isHeard = false;
  /** True if any bytes of the running statement have been sent. */
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

  /** Server process behind the connection. */
  get backendKey(): BackendKey {
    return this.#greeting.backendKey;
  }

  /** True if no statement is running. */
  get isIdle(): boolean {
    return this.#state === "idle";
  }

  /**
   * Cancels a statement whose large parameter is still being sent, by closing the connection.
   * @returns `false` if there is none: a statement that was sent can only be canceled by the server.
   */
  cancelUnsent(): boolean {
    if (!this.#writer.isStreaming) return false;
    this.drop(failure(CANCELED));
    return true;
  }

  /** Closes the connection. A running statement fails with `error`. */
  drop(error: Error): void {
    this.#close(error);
    this.socket.destroy();
  }

  #onEvent(event: string | symbol, args: unknown[]): boolean {
    if (this.#state === "closed" && (event === "data" || event === "error")) return true;
    if (this.#state === "closed") return this.#emit(event, ...args);
    if (event === "data") this.#onData(args[0] as Buffer);
    else if (event === "error") this.drop(args[0] as Error);
    // Otherwise postgres.js would reconnect forever without a pause.
    else if ((event === "end" || event === "close") && !this.#isGreeted) this.drop(failure("ECONNRESET"));
    else if (event === "close") this.#close();
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
    // A final error message, such as a shutdown notice: the connection must not get another statement.
    const isOver = this.#state === "idle" && this.#reader.last === MESSAGE.errorResponse;
    if (isEnd) {
      this.answers++;
      this.#rest();
    }
    this.#emit("data", messages);
    if (isOver || (isEnd && this.#isExpired && this.isIdle)) this.#retire();
  }

  /** Enters the idle state, which does not keep the process alive. */
  #rest(): void {
    this.#state = "idle";
    this.#isSent = false;
    this.socket.unref();
    this.#expiry.refresh();
  }

  #onGreeting(message: Buffer): void {
    if (this.#state === "closed") return;
    const step = this.#greeting.read(message);
    if (step === "ready") this.#ready();
    else if (step === "ask") this.#write(SessionCheck.query);
    else if ((step === "refused" || step === "misconfigured") && this.#next) this.#tryNext(this.#next);
    else if (step === "misconfigured") this.drop(failure(WRONG_SESSION));
    else if (step !== "wait") this.#emit("data", message);
  }

  /** Closes the connection without an error, so that postgres.js requests another socket for the same statement. */
  #tryNext(next: () => void): void {
    next();
    this.#close();
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

  /** Closes an idle connection. */
  #retire(): void {
    this.#close();
    this.#write(TERMINATE);
    this.socket.end();
  }

  #onWrite(data: Uint8Array | string, rest: unknown[]): boolean {
    if (this.#state === "closed") return true;
    if (this.#state === "new") {
      // Replaces the first bytes with our startup message, because postgres.js may prepend bytes of a closed
      // connection.
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

  /** Sends the data that was held during the idle check. */
  #onCheck(): void {
    if (this.#reader.last === MESSAGE.errorResponse) this.drop(failure(NOT_SENT));
    if (this.#reader.last !== MESSAGE.readyForQuery) return;
    this.#isSent = true;
    for (const data of this.#check.end()) this.#writer.write(data);
  }

  /**
   * Reports the end of the connection to postgres.js in one turn, so that it cannot assign another statement meanwhile.
   * Fakes a response first, because postgres.js carries a statement without a response, and its error, over to the next
   * connection (https://github.com/porsager/postgres/issues/1215).
   */
  #close(error?: Error): void {
    if (this.#state === "closed") return;
    const isGreeted = this.#isGreeted;
    this.#state = "closed";
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
    // The server does not execute an incomplete message.
    const isWhole = this.#isSent && !this.#writer.isStreaming;
    return errorResponse(isWhole || code === CANCELED ? code : NOT_SENT, message);
  }
}
