import { RemoteBackendError } from "@deepagents-remote/core";
import type {
  Call,
  Change,
  FileStore,
  HealthReport,
  Key,
  Moment,
  Outcome,
  StoredFile,
} from "@deepagents-remote/core/adapter";
import { ByteBudget, DEFAULT_MAX_FILE_BYTES } from "@deepagents-remote/core/adapter";
import { Bucket } from "./connection/bucket.js";
import { DEFAULT_READ_TIMEOUT_MS } from "./connection/client.js";
import { parallel } from "./connection/map-concurrent.js";
import { Gate } from "./connection/semaphore.js";
import { type Lease, leaseClient } from "./connection/shared-clients.js";
import { Cache, copyFile } from "./objects/cache.js";
import { decodeFile } from "./objects/decode.js";
import { KnownSizes } from "./objects/known-sizes.js";
import { refuseReserved } from "./objects/reserved-names.js";
import { Removal } from "./operations/delete.js";
import { ClashCheck, splitClashing } from "./operations/path-conflicts.js";
import { type ApplySettings, applyChange } from "./operations/put.js";
import { checkS3Options, type S3FileStoreOptions, storeRules } from "./options.js";
import { readClock } from "./requests/clock.js";
import { getFile } from "./requests/get.js";
import { listEntries } from "./requests/list.js";
import { checkHealth } from "./setup/health.js";
import { type Found, type InitializeSettings, initialize } from "./setup/initialize.js";
import { isProbeKey } from "./setup/probe-key.js";

/** Versions before stored files of up to 100 MB by default. */
const DEFAULT_MAX_READ_BYTES = 100 * 1024 * 1024;

const DEFAULT_CACHE_BYTES = 64 * 1024 * 1024;
const DEFAULT_CONCURRENCY = 16;

/** Node's strings end at 536,870,888 characters, and the envelope escapes some. */
const MAX_FILE_BYTES = 250 * 1024 * 1024;

/** Gives back the shares of stores that nobody has closed. */
const abandoned = new FinalizationRegistry<Lease>((lease) => lease.release());

/** Files as objects of one bucket. `S3Backend` is the backend over it; use it by itself under a `layer`. */
export class S3FileStore implements FileStore {
  readonly maxAttempts: number | undefined;
  readonly #bucket: Bucket;
  readonly #lease: Lease | undefined;
  readonly #settings: InitializeSettings;
  readonly #clash: "auto" | "refuse" | "allow";
  readonly #newText: "json" | "text";
  readonly #maxFileBytes: number;
  readonly #maxReadBytes: number;
  readonly #concurrency: number;
  readonly #cache: Cache;
  readonly #sizes: KnownSizes;
  readonly #clashes: ClashCheck;
  readonly #writes = new ByteBudget();
  /** Removals that have failed or not ended, by the signals of their operations. */
  readonly #removals = new WeakMap<AbortSignal, Removal>();
  #isFound = false;
  #found: Found;

  /**
   * Sends no request.
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
      gate: this.#lease?.gate ?? new Gate(Number.POSITIVE_INFINITY),
      bucket,
      prefix,
      expectedBucketOwner,
      requesterPays: options.requesterPays,
      readTimeoutMs,
      connections: this.#lease?.connections,
    });
    this.maxAttempts = options.maxRetries;
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
    // Until the store is known it promises no more than any store does.
    this.#found = {
      conditions: !this.#settings.unsafeAllowRaces,
      fileAndDirectory: false,
      writable: true,
    };
    this.#clash = options.clash ?? "auto";
    this.#newText = options.format === "raw" ? "text" : "json";
    this.#maxFileBytes = Math.min(options.maxFileBytes ?? DEFAULT_MAX_FILE_BYTES, MAX_FILE_BYTES);
    this.#maxReadBytes = Math.min(options.maxFileBytes ?? DEFAULT_MAX_READ_BYTES, MAX_FILE_BYTES);
    this.#concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
    this.#cache = new Cache(options.cacheBytes ?? DEFAULT_CACHE_BYTES);
    this.#sizes = new KnownSizes(options.format === "raw");
    this.#clashes = new ClashCheck(this.#bucket);
  }

  /** What the store promises; of a store that is tried, known since `open()`. */
  get can() {
    return {
      atomic: this.#found.conditions,
      // The ETag of a deletion is ignored by most stores.
      atomicDelete: false,
      fileAndDirectory: this.#found.fileAndDirectory && this.#clash !== "refuse",
      exactSizes: false,
      utf8Text: true,
      maxKeyBytes: 1_024 - Buffer.byteLength(this.#bucket.prefix),
      maxFileBytes: this.#maxFileBytes,
    };
  }

  get #refusesClashes(): boolean {
    return this.#clash === "refuse" || (this.#clash === "auto" && !this.#found.fileAndDirectory);
  }

  async open(call: Pick<Call, "signal">): Promise<void> {
    this.#found = await initialize(this.#bucket, this.#settings, call);
    this.#isFound = true;
  }

  async close(): Promise<void> {
    abandoned.unregister(this);
    this.#lease?.release();
  }

  /** @see FileStore.check */
  check(report: HealthReport, call: Pick<Call, "signal">): Promise<void> {
    return checkHealth(this.#bucket, this.#isFound ? this.#found : undefined, report, call);
  }

  get(
    keys: readonly Key[],
    call: Call & { current?: ReadonlyMap<Key, string>; stale?: boolean; raw?: boolean },
  ) {
    return parallel(keys, this.#concurrency, (key) => this.#get(key, call).catch(asAnswer));
  }

  async #get(
    key: Key,
    call: Call & { current?: ReadonlyMap<Key, string>; stale?: boolean; raw?: boolean },
  ): Promise<StoredFile | RemoteBackendError | undefined> {
    const cached = this.#cache.get(key);
    const vouched = call.stale || (cached && call.current?.get(key) === cached.version);
    if (cached && vouched) return this.#cached(cached, call);
    const file = await getFile(this.#bucket, key, cached?.version, this.#maxReadBytes, call);
    if (file === "unchanged") return this.#cached(cached!, call);
    if (file === "absent" || RemoteBackendError.is(file)) {
      this.#cache.delete(key);
      return file === "absent" ? undefined : file;
    }
    this.#remember(file);
    return file;
  }

  /** A cached file in the form that the call takes. */
  async #cached(file: StoredFile, call: Call & { raw?: boolean }): Promise<StoredFile> {
    if (!file.isText || call.raw) return copyFile(file);
    const decoded = await decodeFile(file, call);
    this.#cache.set(decoded);
    return decoded;
  }

  async *list(prefix: string, call: Call & { recursive: boolean; after?: Key }) {
    for await (const page of listEntries(this.#bucket, prefix, call)) {
      const files = page.filter(({ key }) => !isProbeKey(key));
      if (files.length > 0) yield files.map((entry) => this.#sizes.complete(entry));
    }
  }

  async apply(
    changes: readonly Change[],
    call: Call & { onOutcome?: (key: Key, outcome: Outcome | RemoteBackendError) => void },
  ): Promise<readonly (Outcome | RemoteBackendError)[]> {
    await this.#assertWritable(call);
    const outcomes = new Map<Change, Outcome | RemoteBackendError>();
    const make = async (change: Change) => {
      const outcome = await this.#apply(change, call).catch(asAnswer);
      outcomes.set(change, outcome);
      call.onOutcome?.(change.key, outcome);
    };
    const [first, later] = this.#refusesClashes ? splitClashing(changes) : [changes, []];
    await parallel(first, this.#concurrency, make);
    for (const change of later) await make(change);
    return changes.map((change) => outcomes.get(change)!);
  }

  /** Asks again: credentials that might not write before may have got the right to. */
  async #assertWritable(call: Pick<Call, "signal">): Promise<void> {
    if (this.#found.writable) return;
    await this.open(call);
    if (!this.#found.writable) {
      throw new RemoteBackendError("denied", "The credentials may not write to the bucket.", {
        hint: "Grant s3:PutObject and s3:DeleteObject, or set readOnly: true.",
      });
    }
  }

  async #apply(change: Change, call: Call): Promise<Outcome> {
    if (typeof change.when === "string" && !this.#found.fileAndDirectory) {
      refuseReserved(this.#bucket.prefix + change.key);
    }
    const settings: ApplySettings = {
      newText: this.#newText,
      clashes: this.#refusesClashes ? this.#clashes : undefined,
      conditions: this.#found.conditions,
      put: this.#settings.put,
    };
    this.#cache.delete(change.key);
    const { file, ...outcome } = await this.#writes.run(change.to.length, call, () =>
      applyChange(this.#bucket, change, settings, call),
    );
    if (file) this.#remember(file);
    return outcome;
  }

  #remember(file: StoredFile): void {
    this.#cache.set(file);
    this.#sizes.learn(file);
  }

  async remove(key: Key, call: Call & { what: "file" | "below" | "both"; asked?: Moment }) {
    const before = this.#removals.get(call.signal);
    const removal = before?.key === key ? before : new Removal(this.#bucket, key);
    this.#removals.set(call.signal, removal);
    try {
      const removed = await removal.attempt({
        signal: call.signal,
        what: call.what,
        asked: call.asked,
        hides: !this.#found.fileAndDirectory,
        concurrency: this.#concurrency,
      });
      this.#removals.delete(call.signal);
      return removed;
    } finally {
      this.#clashes.removed();
    }
  }

  clock(call: Pick<Call, "signal">) {
    return readClock(this.#bucket, call);
  }
}

function asAnswer(error: unknown): RemoteBackendError {
  if (RemoteBackendError.is(error)) return error;
  throw error;
}
