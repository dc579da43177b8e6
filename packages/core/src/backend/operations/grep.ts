import { isBinaryName } from "../../content/mime.js";
import { compileGlob } from "../../glob/glob.js";
import { baseName, isReachable } from "../../protocol/path.js";
import type { GrepMatch, GrepResult } from "../../protocol/protocol.js";
import type { Entry, FoundLines, Key } from "../../store/file-store.js";
import { describeValue } from "../../support/describe-value.js";
import { type ErrorCode, RemoteBackendError } from "../../support/errors.js";
import { Pace } from "../../support/pace.js";
import { cutLine, MAX_BYTES, takeLinesInSlices } from "../../text/find-lines.js";
import {
  below,
  entries,
  fetchFiles,
  type Location,
  locate,
  type OperationContext,
  pathOf,
} from "./operation.js";
import { SkippedFiles } from "./skipped-files.js";

/** Maximum number of matches returned. The caller's own limit comes from a model and may be anything. */
const MAX_MATCHES = 100_000;

/** Maximum bytes of one fetch of a search: bytes in flight bound its memory, not the number of files. */
const BATCH_BYTES = 32 * 1024 * 1024;
const FIRST_BATCH = 16;
const LARGEST_BATCH = 512;

/** Per-file errors that a search skips and reports. Any other error, such as an outage, aborts it. */
export const SKIPPED_BY_SEARCHES: readonly ErrorCode[] = [
  "permission-denied",
  "corrupt",
  "invalid-path",
  "too-large",
  "misconfigured",
];

export async function grep(
  op: OperationContext,
  pattern: string,
  path: string | null,
  glob: string | null,
  maxCount: number | null,
): Promise<GrepResult> {
  const base = locate(op, path ?? "/");
  const limit = matchLimit(maxCount);
  if (typeof pattern !== "string") {
    throw new RemoteBackendError(
      "invalid-options",
      `The pattern must be a string, not ${describeValue(pattern)}.`,
    );
  }
  // No line contains a newline, or half of a surrogate pair (which would match inside a whole one).
  if (pattern.includes("\n") || !pattern.isWellFormed()) return { matches: [] };

  const matches: GrepMatch[] = [];
  const skipped = new SkippedFiles(matches);
  let bytes = 0;
  for await (const found of search(op, pattern, base, fileFilter(op, base, glob), limit + 1)) {
    if (found.error) skipped.add(pathOf(op, found.key), found.error);
    for (const { line, text } of found.lines) {
      bytes += Buffer.byteLength(text);
      if (matches.length - skipped.named === limit || bytes > MAX_BYTES) {
        return { matches: skipped.reported(), truncated: true };
      }
      matches.push({ path: pathOf(op, found.key), line, text });
      op.countBytes(text);
    }
  }
  return { matches: skipped.reported() };
}

/** Returns the effective limit. Ignores a limit that is not a number. */
function matchLimit(maxCount: number | null): number {
  if (maxCount === null || !Number.isFinite(maxCount)) return MAX_MATCHES;
  return Math.min(Math.max(0, Math.floor(maxCount)), MAX_MATCHES);
}

interface FileFilter {
  /** Literal prefix of all acceptable keys below the directory. */
  readonly prefix: string;
  readonly accept: (key: Key) => boolean;
}

/** Selects the files to search: reachable, not binary by name, and matching the glob. */
function fileFilter(op: OperationContext, base: Location, glob: string | null): FileFilter {
  const isText = (key: Key) => {
    const relative = key.slice(op.call.root.length);
    return isReachable(relative) && !isBinaryName(relative);
  };
  if (glob === null || glob === "") return { prefix: below(base), accept: isText };
  const compiled = compileGlob(glob);
  if (!glob.includes("/")) {
    return { prefix: below(base), accept: (key) => isText(key) && compiled.matches(baseName(key)) };
  }
  const matches = (key: Key) =>
    compiled.matches(key === base.key ? baseName(key) : key.slice(below(base).length));
  return { prefix: below(base) + compiled.prefix, accept: (key) => isText(key) && matches(key) };
}

/** Yields matching lines in key order: first in a file at the path itself, then in its descendants. */
async function* search(
  op: OperationContext,
  pattern: string,
  base: Location,
  { prefix, accept }: FileFilter,
  limit: number,
): AsyncGenerator<FoundLines> {
  if (!base.directory && accept(base.key)) yield* searchFiles(op, pattern, [{ key: base.key }], limit);
  if (op.store.search) {
    yield* await op.retries.run(() => collect(op, prefix, pattern, accept, limit));
  } else {
    for await (const batch of batches(op, prefix, accept)) yield* searchFiles(op, pattern, batch, limit);
  }
}

/** Collects the results of a store's own search, because an interrupted search starts over. */
async function collect(
  op: OperationContext,
  prefix: string,
  pattern: string,
  accept: (key: Key) => boolean,
  limit: number,
): Promise<FoundLines[]> {
  const all: FoundLines[] = [];
  const pace = new Pace(op.call);
  let count = 0;
  let bytes = 0;
  for await (const item of op.store.search!(prefix, pattern, op.call.with({ accept, limit }))) {
    const lines = item.lines.map(({ line, text }) => ({ line, text: cutLine(text, pattern) }));
    all.push({ ...item, lines });
    count += lines.length;
    for (const { text } of lines) bytes += text.length;
    if (count >= limit || bytes > MAX_BYTES) break;
    const turn = pace.step();
    if (turn) await turn;
  }
  return all;
}

const bytesOf = ({ size, storedSize }: Entry): number => size ?? storedSize ?? 0;

/** Groups a listing into fetches, small ones first, for searches that end early. */
async function* batches(
  op: OperationContext,
  prefix: string,
  accept: (key: Key) => boolean,
): AsyncGenerator<Entry[]> {
  let batch: Entry[] = [];
  let bytes = 0;
  let size = FIRST_BATCH;
  for await (const entry of entries(op, prefix, { recursive: true })) {
    if (!accept(entry.key)) continue;
    if (batch.length > 0 && (batch.length === size || bytes + bytesOf(entry) > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
      size = Math.min(size * 2, LARGEST_BATCH);
    }
    batch.push(entry);
    bytes += bytesOf(entry);
  }
  if (batch.length > 0) yield batch;
}

async function* searchFiles(
  op: OperationContext,
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
    { current, raw: true },
  );
  const pace = new Pace(op.call);
  for (const [key, file] of files) {
    const turn = pace.step();
    if (turn) await turn;
    if (RemoteBackendError.is(file)) {
      // No file can have such a name.
      if (file.code === "invalid-path") continue;
      if (!SKIPPED_BY_SEARCHES.includes(file.code)) throw file;
      yield { key, lines: [], error: file };
    } else if (typeof file?.content === "string" || file?.isText) {
      const lines = await takeLinesInSlices(file.content, pattern, limit, op.call);
      if (lines.length > 0) yield { key, lines };
    }
  }
}
