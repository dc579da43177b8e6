import { drainUtf8, joinChunks, SLICE } from "@deepagents-remote/core";

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
    return joinChunks(this.#chunks);
  }
}
