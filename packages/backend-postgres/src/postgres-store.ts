import type { Call, Change, FileStore, Key } from "@deepagents-remote/core";
import { RemoteBackendError } from "@deepagents-remote/core";
import type { ConnectionSettings } from "./connection-settings.js";
import type { Database } from "./database.js";
import { groupChanges } from "./groups.js";
import { initializeSchema, type SchemaSettings } from "./schema/initialize.js";
import { applyGroup } from "./sql/apply.js";
import { getFiles } from "./sql/get.js";
import { listFiles } from "./sql/list.js";
import { removeFiles } from "./sql/remove.js";
import { searchFiles } from "./sql/search.js";
import type { Table } from "./table.js";

/** Keys of one SELECT. */
const KEYS_PER_STATEMENT = 1_000;

export interface PostgresStoreSettings extends SchemaSettings {
  /** The pool, when it is this store's to open and close and not the caller's. */
  readonly pool?: Pick<ConnectionSettings, "minPoolSize"> | undefined;
}

/** Files as rows of one table. */
export class PostgresStore implements FileStore {
  readonly can = {
    atomic: true,
    fileAndDirectory: false,
    exactSizes: true,
    maxKeyBytes: 1_024,
    // A row travels in hexadecimal, and Node's strings end at 536,870,888 characters.
    maxFileBytes: 250 * 1024 * 1024,
  };
  readonly #database: Database;
  readonly #table: Table;
  readonly #settings: PostgresStoreSettings;

  constructor(database: Database, table: Table, settings: PostgresStoreSettings) {
    this.#database = database;
    this.#table = table;
    this.#settings = settings;
  }

  async open({ signal }: Pick<Call, "signal">): Promise<void> {
    await initializeSchema(this.#database, this.#table, this.#settings, signal);
    const ahead = Array.from({ length: this.#settings.pool?.minPoolSize ?? 0 });
    await Promise.all(ahead.map(() => this.#database.read("SELECT $1::text", [""], signal)));
  }

  async close(): Promise<void> {
    if (this.#settings.pool) await this.#database.sql.end({ timeout: 5 });
  }

  async get(keys: readonly Key[], call: Call) {
    const answers = [];
    for (let i = 0; i < keys.length; i += KEYS_PER_STATEMENT) {
      const some = keys.slice(i, i + KEYS_PER_STATEMENT);
      answers.push(...(await getFiles(this.#database, this.#table, some, call)));
    }
    return answers;
  }

  list(prefix: string, call: Call & { recursive: boolean; after?: Key }) {
    return listFiles(this.#database, this.#table, prefix, call);
  }

  async apply(changes: readonly Change[], call: Call) {
    const outcomes = new Map();
    for (const group of groupChanges(changes)) {
      const made = await applyGroup(this.#database, this.#table, group, call).catch((error) => {
        if (!RemoteBackendError.is(error)) throw error;
        return new Map(group.map(({ key }) => [key, error]));
      });
      for (const [key, outcome] of made) outcomes.set(key, outcome);
    }
    return changes.map(({ key }) => outcomes.get(key));
  }

  search(prefix: string, literal: string, call: Call & { accept: (key: Key) => boolean; limit: number }) {
    return searchFiles(this.#database, this.#table, prefix, literal, call);
  }

  async remove(key: Key, call: Call & { what: "file" | "below" | "both" }) {
    return { removed: await removeFiles(this.#database, this.#table, key, call), left: [] };
  }
}
