import { RemoteBackendError } from "@deepagents-remote/core";
import type {
  CallOptions,
  Change,
  DeleteOptions,
  DeleteOutcome,
  Entry,
  FileHistory,
  FileStore,
  GetOptions,
  HealthReport,
  Key,
  Lease,
  ListOptions,
  Outcome,
  PutOptions,
  StoredFile,
} from "@deepagents-remote/core/adapter";
import { ByteBudget, DEFAULT_MAX_FILE_BYTES, Semaphore } from "@deepagents-remote/core/adapter";
import { Bucket } from "./connection/bucket.js";
import { DEFAULT_POOL, DEFAULT_READ_TIMEOUT_MS } from "./connection/client.js";
import { mapConcurrent } from "./connection/map-concurrent.js";
import { leaseClient, type SharedClient } from "./connection/shared-clients.js";
import { S3History } from "./history/s3-history.js";
import { Cache, copyFile } from "./objects/cache.js";
import { decodeFile } from "./objects/decode.js";
import { KnownSizes } from "./objects/known-sizes.js";
import { refuseReserved } from "./objects/reserved-names.js";
import { Deletion } from "./operations/delete.js";
import { listCached } from "./operations/list-cached.js";
import { PathConflictCheck, splitConflicting } from "./operations/path-conflicts.js";
import { type WriteSettings, writeChange } from "./operations/put.js";
import { WindowReader } from "./operations/read-lines.js";
import { checkS3Options, type S3FileStoreOptions, storeRules } from "./options.js";
import { readClock } from "./requests/clock.js";
import { getFile } from "./requests/get.js";
import { firstKey, listEntries } from "./requests/list.js";
import { checkHealth } from "./setup/health.js";
import {
  type BucketCapabilities,
  type HistorySetup,
  type InitializeSettings,
  initialize,
} from "./setup/initialize.js";
import { isProbeKey } from "./setup/probe-key.js";

/** Earlier versions stored files of up to 100 MB by default, so files of that size must stay readable. */
const DEFAULT_MAX_READ_BYTES = 100 * 1024 * 1024;

const DEFAULT_CACHE_BYTES = 64 * 1024 * 1024;
/** As many as the default pool has connections. Memory is bounded by bytes, not by requests. */
const DEFAULT_CONCURRENCY = DEFAULT_POOL;

/** Node limits strings to 536,870,888 characters, and the envelope escapes some of them. */
const MAX_FILE_BYTES = 250 * 1024 * 1024;

/**
 * Stores files as objects of one bucket. `S3Backend` is the backend built on it; use the store directly under a
 * `layer`.
 */
export class S3FileStore implements FileStore {
  readonly maxAttempts: number | undefined;
  readonly #bucket: Bucket;
  readonly #lease: Lease<SharedClient> | undefined;
  readonly #settings: InitializeSettings;
  readonly #pathConflicts: "auto" | "refuse" | "allow";
  readonly #newText: "json" | "text";
  readonly #maxFileBytes: number;
  readonly #maxReadBytes: number;
  readonly #concurrency: number;
  readonly #cache: Cache;
  readonly #sizes: KnownSizes;
  readonly #conflictCheck: PathConflictCheck;
  readonly #windows: WindowReader;
  /** History of the files, if the store keeps one. */
  readonly history: FileHistory | undefined;
  readonly #writes = new ByteBudget();
  /** Deletions that failed or are in progress, by the signals of their operations, so that a retry resumes them. */
  readonly #deletions = new WeakMap<AbortSignal, Deletion>();
  #isProbed = false;
  /** True if the last file of an upload was new: then the next one probably is, too. */
  #uploadsNew = true;
  /** True after a change of which the bucket kept no version. */
  #lacksVersions = false;
  #bucketCapabilities: BucketCapabilities;

  /**
   * Creates a store. Sends no request.
   * @param options See `S3FileStoreOptions`; `bucket` is required.
   * @throws RemoteBackendError `invalid-options`, naming the option and what it accepts.
   */
  constructor(options: S3FileStoreOptions) {
    checkS3Options(options, storeRules);
    const { bucket, prefix, expectedBucketOwner } = options;
    const { readTimeoutMs = DEFAULT_READ_TIMEOUT_MS } = options;
    this.#lease = options.client === undefined ? leaseClient(options) : undefined;
    this.#lease?.releaseWith(this);
    const shared = this.#lease?.resource;
    this.#bucket = new Bucket({
      client: shared?.client ?? options.client!,
      semaphore: shared?.semaphore ?? new Semaphore(Number.POSITIVE_INFINITY),
      bucket,
      prefix,
      expectedBucketOwner,
      requesterPays: options.requesterPays,
      readTimeoutMs,
      connections: shared?.connections,
    });
    this.maxAttempts = options.maxRetries === undefined ? options.maxAttempts : options.maxRetries + 1;
    this.#settings = {
      createBucket: options.createBucket ?? false,
      readOnly: options.readOnly ?? false,
      conditionalWrites: options.conditionalWrites ?? "probe",
      unsafeAllowRaces: options.unsafeAllowRaces ?? false,
      history: options.history ? { retentionDays: retentionOf(options.history) } : undefined,
      put: {
        ...(options.serverSideEncryption && { ServerSideEncryption: options.serverSideEncryption }),
        ...(options.kmsKeyId && { SSEKMSKeyId: options.kmsKeyId }),
        ...(options.storageClass && { StorageClass: options.storageClass }),
        ...(options.acl && { ACL: options.acl }),
        ...(options.tags && { Tagging: `${new URLSearchParams(options.tags)}` }),
      },
    };
    // Until the store has been probed, assume the least that any store supports.
    this.#bucketCapabilities = {
      conditions: !this.#settings.unsafeAllowRaces,
      fileAndDirectory: false,
      writable: true,
    };
    this.#pathConflicts = options.pathConflicts ?? "auto";
    this.#newText = options.format === "raw" ? "text" : "json";
    this.#maxFileBytes = Math.min(options.maxFileBytes ?? DEFAULT_MAX_FILE_BYTES, MAX_FILE_BYTES);
    this.#maxReadBytes = Math.min(options.maxFileBytes ?? DEFAULT_MAX_READ_BYTES, MAX_FILE_BYTES);
    this.#concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
    this.#cache = new Cache(options.cacheBytes ?? DEFAULT_CACHE_BYTES);
    this.#sizes = new KnownSizes(options.format === "raw");
    this.#conflictCheck = new PathConflictCheck(this.#bucket, () => this.#hidesBehindDeleted);
    this.#windows = new WindowReader(this.#bucket);
    this.history = this.#settings.history && this.#makeHistory(this.#settings.history);
  }

  #makeHistory({ retentionDays }: HistorySetup): FileHistory {
    return new S3History({
      bucket: this.#bucket,
      concurrency: this.#concurrency,
      maxBytes: this.#maxReadBytes,
      begin: () => ({ enabledSince: this.#bucketCapabilities.versionsSince, retentionDays }),
      completeEntry: (entry) => this.#sizes.complete(entry),
      delete: (key, options) => this.delete(key, options),
      forget: () => this.#cache.clear(),
    });
  }

  /** Guarantees of the store. If it has to be probed, they are known only after `open()`. */
  get capabilities() {
    return {
      atomic: this.#bucketCapabilities.conditions,
      // Most stores ignore the ETag of a conditional DELETE.
      atomicDelete: false,
      fileAndDirectory: this.#bucketCapabilities.fileAndDirectory && this.#pathConflicts !== "refuse",
      exactSizes: false,
      utf8Text: true,
      maxKeyBytes: 1_024 - Buffer.byteLength(this.#bucket.prefix),
      maxFileBytes: this.#maxFileBytes,
    };
  }

  get #refusesConflicts(): boolean {
    return (
      this.#pathConflicts === "refuse" ||
      (this.#pathConflicts === "auto" && !this.#bucketCapabilities.fileAndDirectory)
    );
  }

  /** True if deleted files whose versions are kept hide files from the store's listings. */
  get #hidesBehindDeleted(): boolean {
    return this.history !== undefined && !this.#bucketCapabilities.fileAndDirectory;
  }

  async open(options: Pick<CallOptions, "signal">): Promise<void> {
    this.#bucketCapabilities = await initialize(this.#bucket, this.#settings, options);
    this.#isProbed = true;
    this.#lacksVersions = false;
  }

  async close(): Promise<void> {
    await this.#lease?.release();
  }

  /** @see FileStore.check */
  check(report: HealthReport, options: Pick<CallOptions, "signal">): Promise<void> {
    const capabilities = this.#isProbed ? this.#bucketCapabilities : undefined;
    return checkHealth(this.#bucket, capabilities, this.#settings.history, report, options);
  }

  async get(keys: readonly Key[], options: GetOptions) {
    const current = options.current ?? (options.stale ? undefined : await this.#listCached(keys, options));
    return mapConcurrent(keys, this.#concurrency, (key) => this.#get(key, current, options).catch(asAnswer));
  }

  /** Looks up the versions of those files that are cached, if that takes fewer requests than to fetch each. */
  #listCached(keys: readonly Key[], options: CallOptions): Promise<ReadonlyMap<Key, string>> {
    const cached = keys.filter((key) => this.#cache.get(key) !== undefined);
    return listCached(this.#bucket, cached, options);
  }

  async #get(
    key: Key,
    current: GetOptions["current"],
    options: GetOptions,
  ): Promise<StoredFile | RemoteBackendError | undefined> {
    const cached = this.#cache.get(key);
    const vouched = options.stale || (cached && current?.get(key) === cached.version);
    if (cached && vouched) return this.#cached(cached, options);
    const file = await getFile(this.#bucket, key, cached?.version, this.#maxReadBytes, options);
    if (file === "unchanged") return this.#cached(cached!, options);
    if (file === "absent" || RemoteBackendError.is(file)) {
      this.#cache.delete(key);
      return file === "absent" ? undefined : file;
    }
    this.#remember(file);
    return file;
  }

  /**
   * Reads a window of a text. A large one that is stored as its own bytes and not cached is fetched once; from then on only
   * the part that has the window is.
   */
  async readLines(key: Key, offset: number, limit: number, options: CallOptions) {
    const found = this.#cache.get(key) ? undefined : await this.#windows.fetch(key, offset, limit, options);
    if (found) return found;
    const file = await this.#get(key, undefined, { ...options, raw: true });
    if (RemoteBackendError.is(file)) throw file;
    if (file === undefined) return undefined;
    const isText = typeof file.content === "string" || file.isText;
    return isText ? this.#windows.cut(file, offset, limit, options) : "not-text";
  }

  /** Returns a cached file in the form that the caller accepts. */
  async #cached(file: StoredFile, options: GetOptions): Promise<StoredFile> {
    if (!file.isText || options.raw) return copyFile(file);
    const decoded = await decodeFile(file, options);
    this.#cache.set(decoded);
    return decoded;
  }

  async *list(prefix: string, options: ListOptions) {
    for await (const page of listEntries(this.#bucket, prefix, options)) {
      const entries = page.filter(({ key }) => !isProbeKey(key));
      const shown = this.#hidesBehindDeleted ? await this.#withoutEmpty(entries, options) : entries;
      if (shown.length > 0) yield shown.map((entry) => this.#sizes.complete(entry));
    }
  }

  /** Drops directories that have nothing but deleted files: MinIO lists them. One LIST per directory. */
  async #withoutEmpty(entries: readonly Entry[], options: ListOptions): Promise<readonly Entry[]> {
    const isShown = await mapConcurrent(entries, this.#concurrency, async ({ key, directory }) =>
      directory ? (await firstKey(this.#bucket, key, options)) !== undefined : true,
    );
    return entries.filter((_, i) => isShown[i]);
  }

  async put(
    changes: readonly Change[],
    options: PutOptions,
  ): Promise<readonly (Outcome | RemoteBackendError)[]> {
    await this.#assertWritable(options);
    const outcomes = new Map<Change, Outcome | RemoteBackendError>();
    const make = async (change: Change) => {
      const outcome = await this.#write(change, options).catch(asAnswer);
      outcomes.set(change, outcome);
      options.onOutcome?.(change.key, outcome);
    };
    const [first, later] = this.#refusesConflicts ? splitConflicting(changes) : [changes, []];
    await mapConcurrent(first, this.#concurrency, make);
    for (const change of later) await make(change);
    return changes.map((change) => outcomes.get(change)!);
  }

  /**
   * Throws if the credentials may not write, or if the bucket keeps no versions although it should. Checks again first,
   * because this may have changed since.
   */
  async #assertWritable(options: Pick<CallOptions, "signal">): Promise<void> {
    if (this.#bucketCapabilities.writable && !this.#lacksVersions) return;
    await this.open(options);
    if (!this.#bucketCapabilities.writable) {
      throw new RemoteBackendError("permission-denied", "The credentials may not write to the bucket.", {
        hint: "Grant s3:PutObject and s3:DeleteObject, or set readOnly: true.",
      });
    }
  }

  async #write(change: Change, options: CallOptions): Promise<Outcome> {
    if (typeof change.condition === "string" && !this.#bucketCapabilities.fileAndDirectory) {
      refuseReserved(this.#bucket.objectKey(change.key));
    }
    const settings: WriteSettings = {
      newText: this.#newText,
      conflictCheck: this.#refusesConflicts ? this.#conflictCheck : undefined,
      conditions: this.#bucketCapabilities.conditions,
      put: this.#settings.put,
      origin: this.history && (options.origin ?? { kind: "write" }),
      expected: this.#expected(change.key),
    };
    this.#cache.delete(change.key);
    const { file, isNew, versionId, ...outcome } = await this.#writes.run(
      change.content.length,
      options,
      () => writeChange(this.#bucket, change, settings, options),
    );
    if (file) this.#remember(file);
    if (isNew !== undefined && change.condition === "overwrite") this.#uploadsNew = isNew;
    // Versioning was suspended. Nothing is lost yet, but the next change would replace this one.
    if (file && this.history && versionId === undefined) this.#lacksVersions = true;
    return outcome;
  }

  /** Returns the state in which a file probably is. */
  #expected(key: Key): StoredFile | "present" | "absent" {
    const isPresent = this.#sizes.has(key) || !this.#uploadsNew;
    return this.#cache.get(key) ?? (isPresent ? "present" : "absent");
  }

  #remember(file: StoredFile): void {
    this.#cache.set(file);
    this.#sizes.learn(file);
  }

  async delete(key: Key, options: DeleteOptions): Promise<DeleteOutcome> {
    if (this.#lacksVersions) await this.#assertWritable(options);
    const by = this.history && options.origin?.by;
    const before = this.#deletions.get(options.signal);
    const deletion = before?.key === key ? before : new Deletion(this.#bucket, key);
    this.#deletions.set(options.signal, deletion);
    try {
      const outcome = await deletion.attempt({
        signal: options.signal,
        scope: options.scope,
        requestedAt: options.requestedAt,
        hides: !this.#bucketCapabilities.fileAndDirectory,
        concurrency: this.#concurrency,
        author: by && { by, put: this.#settings.put },
      });
      this.#deletions.delete(options.signal);
      return outcome;
    } finally {
      this.#conflictCheck.deleted();
    }
  }

  clock(options: Pick<CallOptions, "signal">) {
    return readClock(this.#bucket, options);
  }
}

function asAnswer(error: unknown): RemoteBackendError {
  if (RemoteBackendError.is(error)) return error;
  throw error;
}

const retentionOf = (history: NonNullable<S3FileStoreOptions["history"]>): number | undefined =>
  typeof history === "object" ? history.retention?.days : undefined;
