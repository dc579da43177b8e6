import type { Key, Version } from "../store/file-store.js";
import { BoundedMap } from "../support/bounded-map.js";
import { callOption, functionFault } from "../support/caller-functions.js";
import { describeValue } from "../support/describe-value.js";
import type { RemoteBackendOptions } from "./options.js";

/** Maximum number of files remembered, of all readers together. An entry takes about 200 bytes. */
const MAX_FILES = 10_000;

/**
 * Versions of files that readers have seen, for guarded writes: an LRU in memory. Only the version that is stored may be
 * replaced, so a forgotten or outdated entry costs one more read, and never a wrong write.
 */
export class SeenVersions {
  readonly #versions: BoundedMap<string, Version>;

  /** @param maxFiles Capacity. Default 10,000. */
  constructor(maxFiles = MAX_FILES) {
    this.#versions = new BoundedMap(maxFiles);
  }

  /** Returns the versions that one reader has seen. */
  by(reader: string): Reader {
    return new Reader(this.#versions, reader);
  }
}

/** Versions of files that one reader has seen. */
export class Reader {
  readonly #versions: Map<string, Version>;
  /** Keys contain no control characters, so a NUL separates. */
  readonly #prefix: string;

  /** @internal */
  constructor(versions: Map<string, Version>, name: string) {
    this.#versions = versions;
    this.#prefix = `${name}\0`;
  }

  /** Returns the version of a file that the reader has seen last. */
  versionOf(key: Key): Version | undefined {
    return this.#versions.get(this.#prefix + key);
  }

  /** Records that the reader has seen a version of a file. Forgets the file if the version is unknown. */
  sees(key: Key, version: Version | undefined): void {
    const id = this.#prefix + key;
    if (version === undefined) this.#versions.delete(id);
    else this.#versions.set(id, version);
  }

  /** Records an edit by the reader, unless the edited version contained changes that the reader has not seen. */
  edits(key: Key, from: Version, to: Version | undefined): void {
    if (this.versionOf(key) === from) this.sees(key, to);
  }

  /** Forgets a file, and everything below it as a directory. */
  forgets(key: Key): void {
    const id = this.#prefix + key;
    const below = key === "" || key.endsWith("/") ? id : `${id}/`;
    for (const seen of this.#versions.keys()) {
      if (seen === id || seen.startsWith(below)) this.#versions.delete(seen);
    }
  }
}

/** Maximum length of a reader's name, in characters. */
const MAX_NAME = 1_000;

/**
 * Returns a function that resolves the current reader; `undefined` if no write can be guarded.
 * @throws RemoteBackendError `invalid-options` on each call for a function that throws, is async, or returns no name.
 */
export function resolveReader({ writeMode, reader }: RemoteBackendOptions): (() => Reader) | undefined {
  if (writeMode !== "guarded" && typeof writeMode !== "function") return undefined;
  const versions = new SeenVersions();
  if (reader) return () => versions.by(checkedName(callOption("reader", reader)));
  const only = versions.by("");
  return () => only;
}

function checkedName(name: unknown): string {
  if (typeof name === "string" && name !== "" && name.length <= MAX_NAME) return name;
  const got = typeof name === "string" && name !== "" ? `${name.length} characters` : describeValue(name);
  throw functionFault(
    "reader",
    `The function given as 'reader' must return a string of 1 to ${MAX_NAME} characters, not ${got}.`,
  );
}
