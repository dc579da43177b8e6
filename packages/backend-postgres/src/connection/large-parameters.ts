import { randomUUID } from "node:crypto";
import { eachMessage, MESSAGE } from "./messages.js";

/** Minimum size of a large parameter, in bytes. */
const LARGE_BYTES = 1024 * 1024;

/** Size of the slices in which large text is encoded, sent and decoded, in bytes. */
export const SLICE_BYTES = 256 * 1024;

export const isLarge = (bytes: number): boolean => bytes > LARGE_BYTES;

/** A `Bind` message with a token, and the data written along with it. */
export interface LargeParameter {
  readonly length: number;
  slices(): Iterable<Uint8Array | string>;
}

export interface LargeBind {
  /** Data before the token, with the original lengths of message and parameter. */
  readonly head: Buffer;
  /** Offset of the `Bind` message in `head`. */
  readonly start: number;
  readonly parameter: LargeParameter;
  readonly tokenBytes: number;
  /** Data after the token. */
  readonly tail: Buffer;
}

/**
 * Large contents that are bound to statements as a token, which connections replace on the way to the server.
 * postgres.js would copy a parameter three times, and write it in one piece.
 */
export class LargeParameters {
  readonly #parameters = new Map<string, LargeParameter>();

  /** Returns a token to bind instead of the parameter. */
  add(parameter: LargeParameter): string {
    const token = `large-parameter-${randomUUID()}`;
    this.#parameters.set(token, parameter);
    return token;
  }

  delete(token: string): void {
    this.#parameters.delete(token);
  }

  /** Finds the token in whole client messages, of which at most one contains a token. */
  find(data: Uint8Array): LargeBind | undefined {
    if (this.#parameters.size === 0) return undefined;
    const messages = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    let start = 0;
    for (const message of eachMessage(messages)) {
      if (message[0] === MESSAGE.bind) {
        for (const [from, to] of parametersOf(message)) {
          const parameter = this.#parameters.get(message.toString("latin1", from, to));
          if (parameter === undefined) continue;
          const head = messages.subarray(0, start + from);
          return { head, start, parameter, tokenBytes: to - from, tail: messages.subarray(start + to) };
        }
      }
      start += message.length;
    }
    return undefined;
  }
}

/** Yields start and end of each parameter value in a `Bind` message. */
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
