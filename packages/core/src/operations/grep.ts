import { type ErrorCode, RemoteBackendError } from "../errors.js";
import { MAX_BYTES, takeLines } from "../find-lines.js";
import { compileGlob } from "../glob.js";
import { isBinaryName } from "../mime.js";
import { baseName, isReachable } from "../path.js";
import type { GrepMatch, GrepResult } from "../protocol.js";
import type { Entry, FoundLines, Key } from "../store.js";
import { below, entries, fetchFiles, type Location, locate, type Operation, pathOf } from "./operation.js";

/** Matches returned at most: a bound of the caller's comes from a model, and may be anything. */
const MAX_MATCHES = 100_000;

/** What one fetch of a search asks for at most: bytes in flight bound its memory, not the number of files. */
const BATCH_BYTES = 32 * 1024 * 1024;
const FIRST_BATCH = 16;
const LARGEST_BATCH = 512;

/** What is somebody else's, or beyond reading: skipped, where a failure of the storage ends the search. */
const UNREADABLE: readonly ErrorCode[] = ["corrupt", "bad-key", "too-large"];

export async function grep(
  op: Operation,
  pattern: string,
  path: string | null,
  glob: string | null,
  maxCount: number | null,
): Promise<GrepResult> {
  const base = locate(op, path ?? "/");
  const limit = matchLimit(maxCount);
  if (typeof pattern !== "string") {
    throw new RemoteBackendError("invalid-options", `The pattern must be a string, not ${typeof pattern}.`);
  }
  // What no line holds: a newline, and half of a surrogate pair, which would be found inside of a whole one.
  if (pattern.includes("\n") || !pattern.isWellFormed()) return { matches: [] };

  const matches: GrepMatch[] = [];
  let bytes = 0;
  for await (const found of search(op, pattern, base, fileFilter(op, base, glob), limit + 1)) {
    for (const { line, text } of found.lines) {
      bytes += Buffer.byteLength(text);
      if (matches.length === limit || bytes > MAX_BYTES) return { matches, truncated: true };
      matches.push({ path: pathOf(op, found.key), line, text });
      op.moved(text);
    }
  }
  return { matches };
}

/** A bound that is no number is no bound. */
function matchLimit(maxCount: number | null): number {
  if (maxCount === null || !Number.isFinite(maxCount)) return MAX_MATCHES;
  return Math.min(Math.max(0, Math.floor(maxCount)), MAX_MATCHES);
}

interface FileFilter {
  /** Literal start of the keys below the directory that can be accepted. */
  readonly prefix: string;
  readonly accept: (key: Key) => boolean;
}

/** Which files are searched: reachable, not binary by name, and matching the glob. */
function fileFilter(op: Operation, base: Location, pattern: string | null): FileFilter {
  const isText = (key: Key) => {
    const relative = key.slice(op.call.root.length);
    return isReachable(relative) && !isBinaryName(relative);
  };
  if (pattern === null || pattern === "") return { prefix: below(base), accept: isText };
  const glob = compileGlob(pattern);
  if (!pattern.includes("/")) {
    return { prefix: below(base), accept: (key) => isText(key) && glob.matches(baseName(key)) };
  }
  const matches = (key: Key) =>
    glob.matches(key === base.key ? baseName(key) : key.slice(below(base).length));
  return { prefix: below(base) + glob.prefix, accept: (key) => isText(key) && matches(key) };
}

/** Lines found, in key order: first in a file of the path's own name, then in those below it. */
async function* search(
  op: Operation,
  pattern: string,
  base: Location,
  { prefix, accept }: FileFilter,
  limit: number,
): AsyncGenerator<FoundLines> {
  if (!base.directory && accept(base.key)) yield* searchFiles(op, pattern, [{ key: base.key }], limit);
  if (op.store.search) {
    yield* await op.retries.run(() =>
      collect(op.store.search!(prefix, pattern, op.call.with({ accept, limit })), limit),
    );
  } else {
    for await (const batch of batches(op, prefix, accept)) yield* searchFiles(op, pattern, batch, limit);
  }
}

/** What a store's own search finds; collected, because a search that breaks off starts again. */
async function collect(found: AsyncIterable<FoundLines>, limit: number): Promise<FoundLines[]> {
  const all: FoundLines[] = [];
  let lines = 0;
  let bytes = 0;
  for await (const item of found) {
    all.push(item);
    lines += item.lines.length;
    for (const { text } of item.lines) bytes += text.length;
    if (lines >= limit || bytes > MAX_BYTES) break;
  }
  return all;
}

/** Groups a listing into fetches: small ones first, for a search that ends early. */
async function* batches(
  op: Operation,
  prefix: string,
  accept: (key: Key) => boolean,
): AsyncGenerator<Entry[]> {
  let batch: Entry[] = [];
  let bytes = 0;
  let size = FIRST_BATCH;
  for await (const entry of entries(op, prefix, { recursive: true })) {
    if (!accept(entry.key)) continue;
    if (batch.length > 0 && (batch.length === size || bytes + (entry.size ?? 0) > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
      size = Math.min(size * 2, LARGEST_BATCH);
    }
    batch.push(entry);
    bytes += entry.size ?? 0;
  }
  if (batch.length > 0) yield batch;
}

async function* searchFiles(
  op: Operation,
  pattern: string,
  batch: readonly Entry[],
  limit: number,
): AsyncGenerator<FoundLines> {
  const current = new Map(
    batch.flatMap(({ key, version }) => (version === undefined ? [] : [[key, version]])),
  );
  const files = await fetchFiles(
    op,
    batch.map((entry) => entry.key),
    { current },
  );
  for (const [key, file] of files) {
    if (RemoteBackendError.is(file)) {
      if (UNREADABLE.includes(file.code)) continue;
      throw file;
    }
    if (typeof file?.content !== "string") continue;
    const lines = takeLines(file.content, pattern, limit);
    if (lines.length > 0) yield { key, lines };
  }
}
