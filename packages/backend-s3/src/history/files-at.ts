import {
  BoundedMap,
  type GetOptions,
  type Key,
  type Snapshot,
  type StoredFile,
} from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { type FoundVersion, getFileVersion } from "../requests/get.js";
import { VersionsOfFile } from "./file-versions.js";
import { decodePoint, isWithin } from "./snapshot.js";

/** Maximum number of remembered version ids: about 3 MB of memory. */
const MAX_VERSIONS = 10_000;

/** Fetches files as they were at points in time: a listing and a GET in parallel, or one GET of a version known before. */
export class FilesAt {
  readonly #bucket: Bucket;
  readonly #maxBytes: number;
  /** Ids of versions that newer ones follow, by snapshot and key: no later change can come before such a point. */
  readonly #known = new BoundedMap<string, string>(MAX_VERSIONS);

  /** @param maxBytes Largest file that is read, in bytes. */
  constructor(bucket: Bucket, maxBytes: number) {
    this.#bucket = bucket;
    this.#maxBytes = maxBytes;
  }

  async get(key: Key, snapshot: Snapshot, options: GetOptions): Promise<StoredFile | undefined> {
    const name = JSON.stringify([snapshot, key]);
    const known = this.#known.get(name);
    const found = known !== undefined && (await this.#version(key, known, options));
    if (found) return found.file;
    this.#known.delete(name);

    // Most files have not changed since, so that the present one spares the second of two round trips.
    const unused = new AbortController();
    const signal = AbortSignal.any([options.signal, unused.signal]);
    const present = this.#version(key, undefined, { ...options, signal }).catch(() => undefined);
    const versions = new VersionsOfFile(this.#bucket, key, options);
    try {
      const index = await versions.findIndex(isWithin(decodePoint(snapshot), key));
      const version = versions.listed[index];
      if (version === undefined || version.isMarker) return undefined;
      const { versionId, etag } = version;
      const latest = index === 0 ? await present : undefined;
      if (latest?.versionId === versionId && latest.file.version === etag) return latest.file;
      // The id `null` may be another version's later.
      if (index > 0 && versionId !== "null") this.#known.set(name, versionId);
      return (await this.#version(key, versionId, options))?.file;
    } finally {
      unused.abort();
    }
  }

  #version(key: Key, versionId: string | undefined, options: GetOptions): Promise<FoundVersion | undefined> {
    return getFileVersion(this.#bucket, key, versionId, this.#maxBytes, options);
  }
}
