import { randomUUID } from "node:crypto";
import { eachMessage, MESSAGE } from "./messages.js";

/** Bytes from which on a parameter is large. */
const LARGE_BYTES = 1024 * 1024;

export const isLarge = (bytes: number): boolean => bytes > LARGE_BYTES;

/** A `Bind` message whose token has been found, and what was written with it. */
export interface LargeBind {
  /** All before the token, with the lengths of the message and of the parameter as they were. */
  readonly head: Buffer;
  /** Where in `head` the `Bind` message starts. */
  readonly start: number;
  readonly content: Uint8Array;
  readonly tokenBytes: number;
  /** All behind the token. */
  readonly tail: Buffer;
}

/**
 * Contents that are bound to statements by a token, which connections replace on the way to the server: postgres.js
 * copies parameters three times, and writes them at once.
 */
export class LargeParameters {
  readonly #contents = new Map<string, Uint8Array>();

  /** Returns a token to bind in place of the base64 of `content`. */
  add(content: Uint8Array): string {
    const token = `large-parameter-${randomUUID()}`;
    this.#contents.set(token, content);
    return token;
  }

  delete(token: string): void {
    this.#contents.delete(token);
  }

  /** Finds the one token in whole messages of a client. */
  find(data: Uint8Array): LargeBind | undefined {
    if (this.#contents.size === 0) return undefined;
    const messages = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    let start = 0;
    for (const message of eachMessage(messages)) {
      if (message[0] === MESSAGE.bind) {
        for (const [from, to] of parametersOf(message)) {
          const content = this.#contents.get(message.toString("latin1", from, to));
          if (content === undefined) continue;
          const head = messages.subarray(0, start + from);
          return { head, start, content, tokenBytes: to - from, tail: messages.subarray(start + to) };
        }
      }
      start += message.length;
    }
    return undefined;
  }
}

/** Where the values of the parameters of a `Bind` message start and end. */
function* parametersOf(bind: Buffer): Generator<readonly [number, number]> {
  const portalEnd = bind.indexOf(0, 5);
  const formats = bind.indexOf(0, portalEnd + 1) + 1;
  const count = formats + 2 + 2 * bind.readUInt16BE(formats);
  let at = count + 2;
  for (let i = bind.readUInt16BE(count); i > 0; i--) {
    const length = Math.max(0, bind.readInt32BE(at));
    at += 4;
    yield [at, at + length];
    at += length;
  }
}
