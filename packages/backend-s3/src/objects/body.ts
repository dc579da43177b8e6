import { joinChunks, joinUtf8, SLICE } from "@deepagents-remote/core/adapter";

/** The body of an object, in the chunks in which it arrives. It can be used once. */
export class Body {
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #length: number | undefined;

  /** @param length Announced bytes of all chunks. */
  constructor(chunks: AsyncIterable<Uint8Array>, length: number | undefined) {
    this.#chunks = chunks;
    this.#length = length;
  }

  /** True for a body that is decoded in slices, as it arrives. */
  get isLarge(): boolean {
    return this.#length === undefined || this.#length > SLICE;
  }

  /** Slices of UTF-8, of whole characters; each is valid until the next one is asked for. */
  slices(): AsyncIterable<Uint8Array> {
    return joinUtf8(this.#chunks);
  }

  /** All bytes, in an array of their own. */
  async toBytes(): Promise<Uint8Array> {
    if (this.#length === undefined) return joinChunks(await collect(this.#chunks));
    const bytes = new Uint8Array(this.#length);
    let end = 0;
    for await (const chunk of this.#chunks) {
      // A body that is longer than announced fails at its end.
      if (end + chunk.length <= bytes.length) bytes.set(chunk, end);
      end += chunk.length;
    }
    return bytes;
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}
