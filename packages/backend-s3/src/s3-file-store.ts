import { RemoteBackendError } from "@deepagents-remote/core";
import type {
  CallOptions,
  Change,
  DeleteOptions,
  DeleteOutcome,
  FileStore,
  GetOptions,
  HealthReport,
  Key,
  ListOptions,
  Outcome,
  PutOptions,
  StoredFile,
} from "@deepagents-remote/core/adapter";
import { ByteBudget, DEFAULT_MAX_FILE_BYTES, Semaphore } from "@deepagents-remote/core/adapter";
import { Bucket } from "./connection/bucket.js";
import { DEFAULT_READ_TIMEOUT_MS } from "./connection/client.js";
import { mapConcurrent } from "./connection/map-concurrent.js";
import { type Lease, leaseClient } from "./connection/shared-clients.js";
import { Cache, copyFile } from "./objects/cache.js";
import { decodeFile } from "./objects/decode.js";
import { KnownSizes } from "./objects/known-sizes.js";
import { refuseReserved } from "./objects/reserved-names.js";
import { Deletion } from "./operations/delete.js";
import { PathConflictCheck, splitConflicting } from "./operations/path-conflicts.js";
import { type WriteSettings, writeChange } from "./operations/put.js";
import { checkS3Options, type S3FileStoreOptions, storeRules } from "./options.js";
import { readClock } from "./requests/clock.js";
import { getFile } from "./requests/get.js";
import { listEntries } from "./requests/list.js";
import { checkHealth } from "./setup/health.js";
import { type BucketCapabilities, type InitializeSettings, initialize } from "./setup/initialize.js";
import { isProbeKey } from "./setup/probe-key.js";

/** Earlier versions stored files of up to 100 MB by default, so files of that size must stay readable. */
const DEFAULT_MAX_READ_BYTES = 100 * 1024 * 1024;

const DEFAULT_CACHE_BYTES = 64 * 1024 * 1024;
const DEFAULT_CONCURRENCY = 16;

/** Node limits strings to 536,870,888 characters, and the envelope escapes some of them. */
const MAX_FILE_BYTES = 250 * 1024 * 1024;

/** Releases the leases of stores that were garbage-collected without being closed. */
const abandoned = new FinalizationRegistry<Lease>((lease) => lease.release());

/**
 * Stores files as objects of one bucket. `S3Backend` is the backend built on it; use the store directly under a
 * `layer`.
 */
export class S3FileStore implements FileStore {
  readonly maxAttempts: number | undefined;
  readonly #bucket: Bucket;
  readonly #lease: Lease | undefined;
  readonly #settings: InitializeSettings;
  readonly #pathConflicts: "auto" | "refuse" | "allow";
  readonly #newText: "json" | "text";
  readonly #maxFileBytes: number;
  readonly #maxReadBytes: number;
  readonly #concurrency: number;
  readonly #cache: Cache;
  readonly #sizes: KnownSizes;
  readonly #conflictCheck: PathConflictCheck;
  readonly #writes = new ByteBudget();
  /** Deletions that failed or are in progress, by the signals of their operations, so that a retry resumes them. */
  readonly #deletions = new WeakMap<AbortSignal, Deletion>();
  #isFound = false;
  #found: BucketCapabilities;

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
    if (this.#lease) abandoned.register(this, this.#lease, this);
    this.#bucket = new Bucket({
      client: this.#lease?.client ?? options.client!,
      gate: this.#lease?.gate ?? new Semaphore(Number.POSITIVE_INFINITY),
      bucket,
      prefix,
      expectedBucketOwner,
      requesterPays: options.requesterPays,
      readTimeoutMs,
      connections: this.#lease?.connections,
    });
    this.maxAttempts = options.maxRetries === undefined ? options.maxAttempts : options.maxRetries + 1;
    this.#settings = {
      createBucket: options.createBucket ?? false,
      readOnly: options.readOnly ?? false,
      conditionalWrites: options.conditionalWrites ?? "probe",
      unsafeAllowRaces: options.unsafeAllowRaces ?? false,
      put: {
        ...(options.serverSideEncryption && { ServerSideEncryption: options.serverSideEncryption }),
        ...(options.kmsKeyId && { SSEKMSKeyId: options.kmsKeyId }),
        ...(options.storageClass && { StorageClass: options.storageClass }),
        ...(options.acl && { ACL: options.acl }),
        ...(options.tags && { Tagging: `${new URLSearchParams(options.tags)}` }),
      },
    };
    // Until the store has been probed, assume the least that any store supports.
    this.#found = {
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
    this.#conflictCheck = new PathConflictCheck(this.#bucket);
  }

  /** Guarantees of the store. If it has to be probed, they are known only after `open()`. */
  get capabilities() {
    return {
      atomic: this.#found.conditions,
      // Most stores ignore the ETag of a conditional DELETE.
      atomicDelete: false,
      fileAndDirectory: this.#found.fileAndDirectory && this.#pathConflicts !== "refuse",
      exactSizes: false,
      utf8Text: true,
      maxKeyBytes: 1_024 - Buffer.byteLength(this.#bucket.prefix),
      maxFileBytes: this.#maxFileBytes,
    };
  }

  get #refusesConflicts(): boolean {
    return (
      this.#pathConflicts === "refuse" || (this.#pathConflicts === "auto" && !this.#found.fileAndDirectory)
    );
  }

  async open(call: Pick<CallOptions, "signal">): Promise<void> {
    this.#found = await initialize(this.#bucket, this.#settings, call);
    this.#isFound = true;
  }

  async close(): Promise<void> {
    abandoned.unregister(this);
    this.#lease?.release();
  }

  /** @see FileStore.check */
  check(report: HealthReport, call: Pick<CallOptions, "signal">): Promise<void> {
    return checkHealth(this.#bucket, this.#isFound ? this.#found : undefined, report, call);
  }

  get(keys: readonly Key[], options: GetOptions) {
    return mapConcurrent(keys, this.#concurrency, (key) => this.#get(key, options).catch(asAnswer));
  }

  async #get(key: Key, options: GetOptions): Promise<StoredFile | RemoteBackendError | undefined> {
    const cached = this.#cache.get(key);
    const vouched = options.stale || (cached && options.current?.get(key) === cached.version);
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

  /** Returns a cached file in the form that the caller accepts. */
  async #cached(file: StoredFile, options: GetOptions): Promise<StoredFile> {
    if (!file.isText || options.raw) return copyFile(file);
    const decoded = await decodeFile(file, options);
    this.#cache.set(decoded);
    return decoded;
  }

  async *list(prefix: string, options: ListOptions) {
    for await (const page of listEntries(this.#bucket, prefix, options)) {
      const files = page.filter(({ key }) => !isProbeKey(key));
      if (files.length > 0) yield files.map((entry) => this.#sizes.complete(entry));
    }
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
   * Throws if the credentials may not write. Checks again first, because the permission may have been granted since.
   */
  async #assertWritable(options: Pick<CallOptions, "signal">): Promise<void> {
    if (this.#found.writable) return;
    await this.open(options);
    if (!this.#found.writable) {
      throw new RemoteBackendError("permission-denied", "The credentials may not write to the bucket.", {
        hint: "Grant s3:PutObject and s3:DeleteObject, or set readOnly: true.",
      });
    }
  }

  async #write(change: Change, options: CallOptions): Promise<Outcome> {
    if (typeof change.condition === "string" && !this.#found.fileAndDirectory) {
      refuseReserved(this.#bucket.prefix + change.key);
    }
    const settings: WriteSettings = {
      newText: this.#newText,
      conflictCheck: this.#refusesConflicts ? this.#conflictCheck : undefined,
      conditions: this.#found.conditions,
      put: this.#settings.put,
    };
    this.#cache.delete(change.key);
    const { file, ...outcome } = await this.#writes.run(change.content.length, options, () =>
      writeChange(this.#bucket, change, settings, options),
    );
    if (file) this.#remember(file);
    return outcome;
  }

  #remember(file: StoredFile): void {
    this.#cache.set(file);
    this.#sizes.learn(file);
  }

  async delete(key: Key, options: DeleteOptions): Promise<DeleteOutcome> {
    const before = this.#deletions.get(options.signal);
    const deletion = before?.key === key ? before : new Deletion(this.#bucket, key);
    this.#deletions.set(options.signal, deletion);
    try {
      const outcome = await deletion.attempt({
        signal: options.signal,
        scope: options.scope,
        requestedAt: options.requestedAt,
        hides: !this.#found.fileAndDirectory,
        concurrency: this.#concurrency,
      });
      this.#deletions.delete(options.signal);
      return outcome;
    } finally {
      this.#conflictCheck.removed();
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
