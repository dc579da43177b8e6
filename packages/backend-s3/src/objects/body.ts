import { joinChunks, joinUtf8, SLICE } from "@deepagents-remote/core/adapter";

/** Body of an object, as a stream of chunks. It can be consumed once. */
export class Body {
  readonly #chunks: AsyncIterable<Uint8Array>;
  /** Announced bytes of all chunks. */
  readonly length: number | undefined;

  /** @param length Announced total length in bytes. */
  constructor(chunks: AsyncIterable<Uint8Array>, length: number | undefined) {
    this.#chunks = chunks;
    this.length = length;
  }

  /** True if the body is large enough to be decoded in slices, while it arrives. */
  get isLarge(): boolean {
    return this.length === undefined || this.length > SLICE;
  }

  /** Iterates over slices of whole UTF-8 characters. Each slice is valid until the next one is requested. */
  slices(): AsyncIterable<Uint8Array> {
    return joinUtf8(this.#chunks);
  }

  /** Reads all bytes into a new array. */
  async toBytes(): Promise<Uint8Array> {
    if (this.length === undefined) return joinChunks(await collect(this.#chunks));
    const bytes = new Uint8Array(this.length);
    let end = 0;
    for await (const chunk of this.#chunks) {
      // `readBody` rejects a longer body at its end.
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
