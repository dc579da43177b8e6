import type { BackendProtocolV2, FileInfo } from "@deepagents-remote/core";
import { download } from "@deepagents-remote/core/adapter";
import { type Hash, hashOf } from "../files/hash.js";
import { replaceFile } from "../files/replace.js";
import { batches, fetchIfThere, remove } from "../files/transfer.js";
import { walk } from "../files/walk.js";
import { CommandError } from "../support/exit.js";
import type { Ignored } from "./ignored.js";
import type { Seen } from "./state.js";

/**
 * Age from which a file's time proves that it was not changed since, in milliseconds. Clocks may differ, and those of
 * some stores only know seconds: two changes within this time may have the same one.
 */
const SETTLED_MS = 60_000;

/** Files of the workspace below a directory. */
export class RemoteSide {
  readonly #backend: BackendProtocolV2;
  readonly #root: string;

  /** @param root Path of the directory, with a slash at its end. */
  constructor(backend: BackendProtocolV2, root: string) {
    this.#backend = backend;
    this.#root = root;
  }

  /**
   * Returns the contents' hashes by relative path. Fetches files that may have changed since they were seen.
   * @param seen What is known of files. It is brought up to date.
   * @throws CommandError if anything cannot be read: a file that is missing in the result does not exist.
   */
  async scan(ignored: Ignored, seen: Map<string, Seen>): Promise<Map<string, Hash>> {
    const found = new Map<string, Hash>();
    const unknown: FileInfo[] = [];
    const at = Date.now();
    for await (const file of walk(this.#backend, this.#root)) {
      const path = file.path.slice(this.#root.length);
      if (isIgnored(path, ignored)) continue;
      const known = seen.get(path);
      if (known && isSettled(known, file)) found.set(path, known.hash);
      else unknown.push(file);
    }
    for (const batch of batches(unknown)) {
      const answers = await download(
        this.#backend,
        batch.map((file) => file.path),
      );
      for (const [i, file] of batch.entries()) {
        const answer = answers[i]!;
        const path = file.path.slice(this.#root.length);
        if (answer instanceof Error) throw new CommandError("storage", `${file.path}: ${answer.message}`);
        if (answer === "absent") continue;
        const hash = hashOf(answer);
        found.set(path, hash);
        const { size, modified_at: modified } = file;
        if (modified !== undefined) seen.set(path, { hash, size, modified, at });
      }
    }
    for (const path of seen.keys()) if (!found.has(path)) seen.delete(path);
    return found;
  }

  /** Fetches a file; `undefined` if there is none. */
  read(path: string): Promise<Uint8Array | undefined> {
    return fetchIfThere(this.#backend, this.#root + path);
  }

  /** Stores a file if it still has the expected content. @see replaceFile */
  write(path: string, data: Uint8Array, expected: Hash | undefined): Promise<boolean> {
    return replaceFile(this.#backend, this.#root + path, data, expected);
  }

  /** Deletes a file if it still has the expected content. */
  async remove(path: string, expected: Hash): Promise<boolean> {
    const there = await this.read(path);
    if (!there || hashOf(there) !== expected) return false;
    await remove(this.#backend, this.#root + path);
    return true;
  }
}

/** True if a file, or a directory that it is in, is ignored. */
function isIgnored(path: string, ignored: Ignored): boolean {
  return [...path.matchAll(/\//g)].some(({ index }) => ignored(path.slice(0, index + 1))) || ignored(path);
}

/** True if a file certainly has the content that was seen. */
const isSettled = (known: Seen, { size, modified_at }: FileInfo): boolean =>
  known.modified === modified_at &&
  known.size === size &&
  known.at - new Date(known.modified).getTime() > SETTLED_MS;
