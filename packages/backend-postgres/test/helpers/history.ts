import { randomUUID } from "node:crypto";
import type { Author, CallOptions, Change, ChangeKind, VersionEntry } from "@deepagents-remote/core/adapter";
import { expect } from "@jest/globals";
import type { Sql } from "postgres";
import { PostgresFileStore, type PostgresFileStoreOptions } from "../../src/index.js";
import type { TestDatabase } from "./database.js";

/** Options of a call; nothing aborts it. */
export const CALL: CallOptions = { signal: new AbortController().signal, root: "" };

/** Shortens the calls of a store with a history. */
export class HistoryStore {
  constructor(readonly store: PostgresFileStore) {}

  static async open(database: TestDatabase, options: PostgresFileStoreOptions = {}): Promise<HistoryStore> {
    const store = new PostgresFileStore({ sql: database.sql, history: true, ...options });
    await store.open(CALL);
    return new HistoryStore(store);
  }

  get history() {
    return this.store.history!;
  }

  /** Time of the server, a second ahead: surely not before the changes made so far. */
  async now(): Promise<Date> {
    return new Date((await this.store.clock(CALL)).now.getTime() + 1_000);
  }

  async put(
    key: string,
    content: Change["content"],
    kind: Exclude<ChangeKind, "create"> = "write",
    by?: Author,
    condition: Change["condition"] = "overwrite",
  ) {
    const change = { key, id: randomUUID(), condition, content };
    const [outcome] = await this.store.put([change], { ...CALL, origin: { kind, ...(by && { by }) } });
    return outcome;
  }

  /** Replaces the content of a file as an edit does. */
  async edit(key: string, replace: (content: string) => string, by?: Author): Promise<void> {
    for (;;) {
      const [file] = await this.store.get([key], CALL);
      if (!file || !("content" in file)) throw new Error(`There is no file ${key}.`);
      const outcome = await this.put(key, replace(String(file.content)), "edit", by, file);
      if (outcome && "done" in outcome && outcome.done) return;
    }
  }

  delete(key: string, scope: "file" | "all" = "file", by?: Author) {
    return this.store.delete(key, { ...CALL, scope, origin: { kind: "delete", ...(by && { by }) } });
  }

  /** Versions of a file, oldest first. */
  async versions(key: string): Promise<VersionEntry[]> {
    return [...(await this.history.versions(key, { ...CALL, limit: 100_000 }))].reverse();
  }

  /** Contents of all versions of a file, oldest first; `undefined` for a deletion. */
  async contents(key: string) {
    const contents = [];
    for (const { id } of await this.versions(key)) {
      contents.push((await this.history.getVersion(key, id, CALL))?.content);
    }
    return contents;
  }

  /** All changes under a prefix, in pages of `limit`. */
  async changes(prefix = "", limit = 1_000, thread?: string): Promise<VersionEntry[]> {
    const all: VersionEntry[] = [];
    for (;;) {
      const page = await this.history.changes(prefix, { ...CALL, limit, since: all.at(-1)?.id, thread });
      if (page.length === 0) return all;
      all.push(...page);
    }
  }

  /** Every file at a snapshot with its content. */
  async filesAt(snapshot: string, prefix = ""): Promise<Record<string, string | Uint8Array>> {
    const files: Record<string, string | Uint8Array> = {};
    for await (const page of this.history.listAt(prefix, snapshot, { ...CALL, recursive: true })) {
      const keys = page.map(({ key }) => key);
      for (const file of await this.history.getAt(keys, snapshot, CALL)) files[file!.key] = file!.content;
    }
    return files;
  }
}

/**
 * Sees that a history and its table tell the same: each file has one entry that has not ended, all others have their
 * content, and each ends where the next begins. Only for a table that had a history from the start.
 */
export async function expectConsistent(sql: Sql, table: string): Promise<void> {
  const faults = await sql`
    WITH entry AS (
      SELECT *, lead(version_id) OVER w AS next_id, lead(changed_tx) OVER w AS next_tx, lead(changed_at) OVER w AS next_at,
        lag(changed_kind) OVER w AS previous
      FROM ${sql(`${table}_history`)} WHERE path <> '' WINDOW w AS (PARTITION BY path ORDER BY version_id)
    ), fault AS (
      SELECT path, version_id, 'does not end where the next begins' AS what FROM entry
      WHERE (ended_id, ended_tx, ended_at) IS DISTINCT FROM (next_id, next_tx, next_at)
      UNION ALL SELECT path, version_id, 'has lost its content' FROM entry
      WHERE ended_id IS NOT NULL AND (content IS NULL) <> (changed_kind = 'delete')
      UNION ALL SELECT path, version_id, 'creates a file that exists' FROM entry
      WHERE (changed_kind = 'create') <> (previous IS NULL OR previous = 'delete')
        AND changed_kind NOT IN ('upload', 'restore')
      UNION ALL SELECT e.path, version_id, 'is the current version of no file' FROM entry AS e
      LEFT JOIN ${sql(table)} AS f ON f.path = e.path AND f.modified_at = e.modified_at
      WHERE e.ended_id IS NULL AND e.changed_kind <> 'delete' AND f.path IS NULL
      UNION ALL SELECT f.path, NULL, 'has no entry' FROM ${sql(table)} AS f
      LEFT JOIN entry AS e ON f.path = e.path AND e.ended_id IS NULL AND e.changed_kind <> 'delete' WHERE e.path IS NULL
    )
    SELECT * FROM fault`;
  expect([...faults]).toEqual([]);
}
