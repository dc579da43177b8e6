import type { BackendProtocolV2, FileInfo } from "@deepagents-remote/core";
import { decodeUtf8, download, isBinaryName } from "@deepagents-remote/core/adapter";
import { batches, fetchIfThere, remove, storeFile } from "../files/transfer.js";
import { walk } from "../files/walk.js";
import { CommandError } from "../support/exit.js";
import { hashOf } from "./hash.js";
import type { Ignored } from "./ignored.js";
import type { Hash, Seen } from "./state.js";

/**
 * Age from which a file's time proves that it was not changed since, in milliseconds. Clocks may differ, and those of
 * some stores only know seconds: two changes within this time may have the same one.
 */
const SETTLED_MS = 60_000;

/** Files of the workspace below a directory. */
export class RemoteSide {
  readonly #backend: BackendProtocolV2;
  readonly #root: string;
  readonly #isGuarded: boolean;

  /** @param root Path of the directory, with a slash at its end. */
  constructor(backend: BackendProtocolV2, root: string) {
    this.#backend = backend;
    this.#root = root;
    this.#isGuarded = (backend as { capabilities?: { guarded?: boolean } }).capabilities?.guarded === true;
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

  /**
   * Stores a file if it still has the expected content, and verifies it. A backend with guarded writes refuses a file
   * that was changed in between, others replace it.
   * @param expected `undefined` for a file that must not exist.
   * @returns False if it was changed meanwhile.
   */
  async write(path: string, data: Uint8Array, expected: Hash | undefined): Promise<boolean> {
    const place = this.#root + path;
    const there = await this.read(path);
    if ((there && hashOf(there)) !== expected) return false;
    const content = isBinaryName(place) ? Buffer.from(data).toString("base64") : decodeUtf8(data);
    if (this.#isGuarded && content !== undefined) {
      // What a reader has seen is what `readRaw` returned, which must be what was fetched.
      if (there) await this.#backend.readRaw(place);
      const again = there && (await this.read(path));
      if ((again && hashOf(again)) !== expected) return false;
      const { error } = await this.#backend.write(place, content);
      if (error !== undefined) {
        const now = await this.read(path);
        if ((now && hashOf(now)) !== expected) return false;
        throw new CommandError("storage", error);
      }
    } else await storeFile(this.#backend, place, data);
    const stored = await this.read(path);
    return stored !== undefined && Buffer.compare(stored, data) === 0;
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
