import { RemoteBackendError } from "@deepagents-remote/core";
import {
  type CallOptions,
  type Entry,
  type EraseVersionsOptions,
  type Erasure,
  type FileHistory,
  type GetOptions,
  type Key,
  type ListChangesOptions,
  type ListOptions,
  type PointInTime,
  type Snapshot,
  type StoredFile,
  unknownPoint,
  type VersionEntry,
  type VersionId,
  type VersionsOptions,
} from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { mapConcurrent } from "../connection/map-concurrent.js";
import { getFileVersion } from "../requests/get.js";
import { changesUnder } from "./changes.js";
import { eraseDeleted, eraseOlder } from "./erase.js";
import { FilesAt } from "./files-at.js";
import { listChangedSince, listEntriesAt } from "./list-at.js";
import { Provenances } from "./provenances.js";
import { type Begin, resolveCheckpoint, resolveTime, resolveVersion } from "./resolve.js";
import { decodePoint, encodePoint, type Point } from "./snapshot.js";
import { parseId } from "./version-id.js";
import { versionsOf } from "./versions.js";

/** Parts of an `S3FileStore` that its history works on. */
export interface HistorySettings {
  readonly bucket: Bucket;
  readonly concurrency: number;
  /** Largest file that is read, in bytes. */
  readonly maxBytes: number;
  readonly begin: () => Begin;
  /** Adds the size to an entry of a listing, if it is certain. */
  readonly completeEntry: (entry: Entry) => Entry;
  /** Deletes the current files, as `FileStore.delete`. */
  readonly delete: FileStoreDelete;
  /** Discards what the store remembers of the files' contents. */
  readonly forget: () => void;
}

type FileStoreDelete = (
  key: Key,
  options: Omit<EraseVersionsOptions, "before" | "origin">,
) => Promise<{ readonly deleted: number; readonly failed: readonly Key[] }>;

/** History of an `S3FileStore`: the versions that the bucket keeps. */
export class S3History implements FileHistory {
  readonly #settings: HistorySettings;
  readonly #provenances: Provenances;
  readonly #filesAt: FilesAt;

  constructor(settings: HistorySettings) {
    this.#settings = settings;
    this.#provenances = new Provenances(settings.bucket, settings.concurrency);
    this.#filesAt = new FilesAt(settings.bucket, settings.maxBytes);
  }

  get #bucket(): Bucket {
    return this.#settings.bucket;
  }

  versions(key: Key, options: VersionsOptions): Promise<readonly VersionEntry[]> {
    return versionsOf(this.#bucket, key, this.#provenances, options);
  }

  async getVersion(key: Key, id: VersionId, options: GetOptions): Promise<StoredFile | undefined> {
    const name = parseId(id);
    if (name === undefined) return undefined;
    const found = await getFileVersion(this.#bucket, key, name.versionId, this.#settings.maxBytes, options);
    // S3 rounds the time of an object down to seconds. A null version may have been replaced by another.
    const isIt =
      found?.at !== undefined &&
      Math.floor(name.ms / 1_000) === Math.floor(found.at.getTime() / 1_000) &&
      (name.etag === undefined || name.etag === found.file.version);
    return isIt ? found.file : undefined;
  }

  async resolve(point: PointInTime, options: CallOptions): Promise<Snapshot> {
    const found = await this.#find(point, options);
    if (found === undefined) throw unknownPoint(point);
    return encodePoint(found);
  }

  #find(point: PointInTime, options: CallOptions): Promise<Point | undefined> {
    const { root } = options;
    if (point instanceof Date) return resolveTime(this.#bucket, point, this.#settings.begin(), options);
    if ("version" in point) return resolveVersion(this.#bucket, point.version, root, options);
    return resolveCheckpoint(this.#bucket, point, root, this.#provenances, options);
  }

  getAt(
    keys: readonly Key[],
    snapshot: Snapshot,
    options: GetOptions,
  ): Promise<readonly (StoredFile | undefined)[]> {
    return mapConcurrent(keys, this.#settings.concurrency, (key) =>
      this.#filesAt.get(key, snapshot, options),
    );
  }

  async *listAt(prefix: string, snapshot: Snapshot, options: ListOptions) {
    for await (const page of listEntriesAt(this.#bucket, prefix, decodePoint(snapshot), options)) {
      yield page.map(this.#settings.completeEntry);
    }
  }

  changedSince(prefix: string, snapshot: Snapshot, options: CallOptions) {
    return listChangedSince(this.#bucket, prefix, decodePoint(snapshot), options);
  }

  changes(prefix: string, options: ListChangesOptions): Promise<readonly VersionEntry[]> {
    return changesUnder(this.#bucket, prefix, this.#provenances, options);
  }

  async erase(key: Key, { before, origin: _, ...options }: EraseVersionsOptions): Promise<Erasure> {
    const settings = { concurrency: this.#settings.concurrency, provenances: this.#provenances };
    if (before) {
      return { files: 0, versions: await eraseOlder(this.#bucket, key, before, options, settings) };
    }
    const { deleted, failed } = await this.#settings.delete(key, options);
    if (failed.length > 0) {
      throw new RemoteBackendError("permission-denied", `${failed.length} files could not be deleted.`, {
        hint: "Grant s3:DeleteObject, or erase again: a file may have been written at the same time.",
      });
    }
    const versions = await eraseDeleted(this.#bucket, key, options, settings);
    this.#provenances.clear();
    this.#settings.forget();
    return { files: deleted, versions };
  }
}
