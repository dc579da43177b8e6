import {
  BoundedMap,
  type CallOptions,
  cutBlocks,
  cutTextInSlices,
  decodeUtf8InSlices,
  findBlocks,
  indexLines,
  type Key,
  type LineIndex,
  type StoredFile,
  type StoredLines,
  type Version,
} from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import type { CarriedOver } from "../objects/decode.js";
import { getRange } from "../requests/get-range.js";

/** Number of large files whose lines are known. An index takes 8 bytes for every 64 KB of its file. */
const KNOWN = 100;

interface Known {
  readonly version: Version;
  readonly index: LineIndex;
}

/** Reads windows of large texts, whose lines it learns when they are fetched for the first time. */
export class WindowReader {
  readonly #bucket: Bucket;
  readonly #known = new BoundedMap<Key, Known>(KNOWN);

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  /**
   * Fetches the part of a file that has a window, in one request.
   * @returns `undefined` if the lines of the present version are not known.
   */
  async fetch(
    key: Key,
    offset: number,
    limit: number,
    options: CallOptions,
  ): Promise<StoredLines | undefined> {
    const known = this.#known.get(key);
    if (known === undefined) return undefined;
    const { index, version } = known;
    const blocks = findBlocks(index, offset, limit);
    const part = await getRange(this.#bucket, key, version, blocks, options);
    if (part !== "changed") return this.#lines(part, blocks, known, options);
    this.#known.delete(key);
    return undefined;
  }

  /** Cuts a window out of a text that was fetched whole, and learns the lines of a large one. */
  async cut(
    { key, content, version, extra }: StoredFile,
    offset: number,
    limit: number,
    options: CallOptions,
  ): Promise<StoredLines> {
    const isOwnBytes = (extra as CarriedOver).format === "text";
    if (typeof content === "string" || !isOwnBytes) {
      const { content: text, ...rest } = await cutTextInSlices(content, offset, limit, options);
      const isEmpty = limit === 0 || offset >= rest.total;
      return { lines: isEmpty ? [] : text.split("\n"), ...rest, version };
    }
    const before = this.#known.get(key);
    const known =
      before?.version === version ? before : { version, index: await indexLines(content, options) };
    this.#known.set(key, known);
    const blocks = findBlocks(known.index, offset, limit);
    const part = content.subarray(blocks.start, blocks.start + blocks.length);
    return this.#lines(part, blocks, known, options);
  }

  async #lines(
    part: Uint8Array,
    blocks: ReturnType<typeof findBlocks>,
    { index: { total, finalNewline }, version }: Known,
    options: CallOptions,
  ): Promise<StoredLines> {
    if (blocks.count === 0) return { lines: [], total, finalNewline, version };
    const text = await decodeUtf8InSlices(cutBlocks(part, blocks), options);
    return { lines: text!.split("\n"), total, finalNewline, version };
  }
}
