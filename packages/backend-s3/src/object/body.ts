import { drainUtf8, SLICE } from "@deepagents-remote/core";

/** The body of an object, in the chunks in which it arrived. It can be used once. */
export class Body {
  readonly length: number;
  readonly #chunks: Uint8Array[];

  /** @param chunks Belong to this object from now on. */
  constructor(chunks: Uint8Array[]) {
    this.#chunks = chunks;
    this.length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  /** True for a body that is decoded in slices. */
  get isLarge(): boolean {
    return this.length > SLICE;
  }

  /** Slices of UTF-8, of whole characters. Chunks are released as they are used. */
  drain(): Iterable<Uint8Array> {
    return drainUtf8(this.#chunks);
  }

  /** All bytes in an array of their own. Chunks are released as they are copied. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.length);
    let end = this.length;
    for (let chunk = this.#chunks.pop(); chunk; chunk = this.#chunks.pop()) {
      end -= chunk.length;
      bytes.set(chunk, end);
    }
    return bytes;
  }
}
