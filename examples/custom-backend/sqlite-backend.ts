import {
  type ErrorCode,
  RemoteBackend,
  RemoteBackendError,
  type RemoteBackendOptions,
} from "@deepagents-remote/core";
import {
  type CallOptions,
  type Change,
  chainWriteIds,
  type DeleteOptions,
  type Entry,
  type FileStore,
  type GetOptions,
  type Key,
  keyAfter,
  type ListOptions,
  type Outcome,
  type PutOptions,
  type ServiceTime,
  type StoredFile,
  toBytes,
} from "@deepagents-remote/core/adapter";
import Database from "libsql";

const SCHEMA = `CREATE TABLE IF NOT EXISTS files (
  key TEXT PRIMARY KEY,     -- BINARY, the default collation, is code-point order
  write_ids TEXT NOT NULL,  -- JSON, the newest first; the newest names the version
  created INTEGER NOT NULL, -- milliseconds
  modified INTEGER NOT NULL,
  is_text INTEGER NOT NULL,
  content BLOB NOT NULL     -- text too: libsql gives a TEXT up to its first NUL
)`;

type Db = Database.Database;
type Signal = Pick<CallOptions, "signal">;

type Row = { write_ids: string; created: number; modified: number; is_text: 0 | 1; content: ArrayBuffer };
type Listed = { key: Key; version: string; size: number; modified: number };

const ENTRIES_PER_PAGE = 1_000;

/** Upper bound of all keys: SQLite sorts a BLOB after every TEXT. */
const END = Buffer.alloc(0);

/** Date later than that of any file. */
const LAST_DATE = new Date(8.64e15);

/** Stores files as rows of a SQLite database, which several processes on one machine can share. */
export class SqliteStore implements FileStore {
  readonly capabilities = {
    atomic: true,
    atomicDelete: true,
    fileAndDirectory: true,
    exactSizes: true,
    maxKeyBytes: 1_024,
    maxFileBytes: 100 * 1024 * 1024,
  };
  readonly maxAttempts = 3;
  #db: Db | undefined;

  /** @param path Path of the database file, which is created if it is missing. */
  constructor(readonly path: string) {}

  open(options: Signal) {
    return this.#run(options, () => {
      this.#db ??= new Database(this.path, { timeout: 5_000 });
      this.#db.pragma("journal_mode = WAL");
      this.#db.exec(SCHEMA);
    });
  }

  async close() {
    this.#db?.close();
    this.#db = undefined;
  }

  get(keys: readonly Key[], options: GetOptions) {
    return this.#run(options, (db) => {
      const select = db.prepare("SELECT * FROM files WHERE key = ?");
      return keys.map((key) => toFile(key, select.get(key) as Row | undefined));
    });
  }

  /** Lists entries with one lookup each, so that the cost depends on the direct children only. */
  async *list(prefix: string, options: ListOptions) {
    let from = options.after === undefined ? prefix : keyAfter(options.after);
    for (let page: Entry[] = []; ; page = []) {
      await this.#run(options, (db) => {
        const next = db.prepare(
          `SELECT key, write_ids ->> 0 AS version, length(content) AS size, modified FROM files
           WHERE key >= ? ORDER BY key LIMIT 1`,
        );
        while (page.length < ENTRIES_PER_PAGE) {
          const row = next.get(from) as Listed | undefined;
          if (!row?.key.startsWith(prefix)) break;
          const { key, version, size, modified } = row;
          const slash = options.recursive ? -1 : key.indexOf("/", prefix.length);
          page.push(
            slash === -1
              ? { key, version, size, modifiedAt: new Date(modified) }
              : { key: key.slice(0, slash + 1), directory: true },
          );
          from = keyAfter(page.at(-1)!.key);
        }
      });
      if (page.length === 0) return;
      yield page;
    }
  }

  put(changes: readonly Change[], options: PutOptions) {
    return this.#write(options, (db) => changes.map((one) => put(db, one)));
  }

  delete(key: Key, options: DeleteOptions) {
    return this.#write(options, (db) => {
      const [from, to] = key === "" ? ["", END] : [`${key}/`, `${key}0`];
      const is = (scope: string) => (options.scope === scope || options.scope === "all" ? 1 : 0);
      const { earliest, latest } = options.requestedAt ?? { earliest: LAST_DATE, latest: LAST_DATE };
      const condition = "((? AND key = ?) OR (? AND key >= ? AND key < ?)) AND created";
      const parameters = [is("file"), key, is("descendants"), from, to, earliest.getTime()];
      const unclear = db.prepare(
        `SELECT key FROM files WHERE ${condition} >= ? AND created < ? ORDER BY key`,
      );
      const failed = unclear.all(...parameters, latest.getTime()) as Pick<Entry, "key">[];
      const { changes } = db.prepare(`DELETE FROM files WHERE ${condition} < ?`).run(...parameters);
      return { deleted: changes, failed: failed.map((row) => row.key) };
    });
  }

  /** Reads the machine's clock, which all processes share. */
  async clock(): Promise<ServiceTime> {
    return { now: new Date(), toleranceMs: 1 };
  }

  /** Runs `work` in an exclusive write transaction. If the disk fails during the commit, the outcome is unknown. */
  #write<T>(options: Signal, work: (db: Db) => T): Promise<T> {
    return this.#run(options, (db) => db.transaction(() => work(db)).immediate(), "unknown-outcome");
  }

  /**
   * Runs `work` and translates errors. SQLite calls are synchronous: they end within the busy timeout and cannot be
   * aborted.
   */
  async #run<T>({ signal }: Signal, work: (db: Db) => T, diskFailure: ErrorCode = "unavailable"): Promise<T> {
    if (signal.aborted)
      throw new RemoteBackendError("timeout", "The operation timed out before its statement was run.");
    try {
      return work(this.#db!);
    } catch (cause) {
      const { code = "no code" } = cause as { code?: string };
      const kind = code.startsWith("SQLITE_IOERR") ? diskFailure : "unavailable";
      throw new RemoteBackendError(kind, `SQLite failed (${code}).`, { cause });
    }
  }
}

function put(db: Db, { key, id, condition, content }: Change): Outcome {
  const old = db.prepare("SELECT write_ids FROM files WHERE key = ?").get(key) as Row | undefined;
  const chain: string[] = old ? JSON.parse(old.write_ids) : [];
  // A retry of a change whose first response was lost: already applied.
  if (chain.includes(id)) return { done: true };
  if (condition === "create" && old) return { done: false, why: "exists" };
  if (typeof condition === "object" && !old) return { done: false, why: "missing" };
  if (typeof condition === "object" && condition.version !== chain[0]) return { done: false, why: "changed" };
  const now = Date.now();
  const createdAt = typeof condition === "object" ? condition.createdAt.getTime() : now;
  const row = [
    key,
    JSON.stringify(chainWriteIds(id, chain)),
    createdAt,
    now,
    typeof content === "string" ? 1 : 0,
  ];
  db.prepare("REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)").run(...row, toBytes(content));
  return { done: true, version: id };
}

function toFile(key: Key, row: Row | undefined): StoredFile | undefined {
  if (!row) return undefined;
  const writeIds: string[] = JSON.parse(row.write_ids);
  return {
    key,
    version: writeIds[0]!,
    content: row.is_text ? Buffer.from(row.content).toString() : new Uint8Array(row.content),
    createdAt: new Date(row.created),
    modifiedAt: new Date(row.modified),
    writeIds,
  };
}

/** Stores the files of Deep Agents in a SQLite database. */
export class SqliteBackend extends RemoteBackend {
  /** @param options `path` of the database file; for the rest see `RemoteBackendOptions`. */
  constructor({ path, ...options }: RemoteBackendOptions & { readonly path: string }) {
    super(new SqliteStore(path), options);
  }
}
