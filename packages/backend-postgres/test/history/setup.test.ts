import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { type PostgresFileStoreOptions, schemaSql } from "../../src/index.js";
import { activity, repeatUntil } from "../helpers/activity.js";
import { useDatabase } from "../helpers/database.js";
import { CALL, HistoryStore } from "../helpers/history.js";

const database = useDatabase();
const run = promisify(execFile);
const worker = fileURLToPath(new URL("../fixtures/worker.mjs", import.meta.url));

const open = (table: string, options: PostgresFileStoreOptions = {}) =>
  HistoryStore.open(database, { table, ...options });

/** Objects of a table and its history, with their definitions. */
const objects = async (table: string) => {
  const names = `${table}(_history|_history_id|_history_record|_pkey)?|idx_${table}_.*`;
  const rows = await database.sql`
    SELECT pg_get_indexdef(indexrelid) AS is FROM pg_index WHERE indexrelid::regclass::text ~ ${`^(${names})$`}
    UNION ALL SELECT attrelid::regclass::text || ' ' || attname || ' ' || format_type(atttypid, atttypmod) || attstorage::text
      FROM pg_attribute WHERE attrelid::regclass::text ~ ${`^${table}(_history)?$`} AND attnum > 0
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = ${table}::regclass
    UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = ${`${table}_history_record`}
    UNION ALL SELECT relname || relreplident::text || coalesce(reloptions::text, '') || coalesce(relacl::text, '') FROM pg_class WHERE relname ~ ${`^(${names})$`}
    ORDER BY 1`;
  return rows.map(({ is }) => is as string);
};

describe("a table without a history", () => {
  it("has no column, trigger or relation for one", async () => {
    await open("bare", { history: false });
    expect(
      (await objects("bare")).filter((object) => /history|changed_|deepagents_remote/.test(object)),
    ).toEqual([]);
    await HistoryStore.open(database, { table: "bare_too" });
    expect((await objects("bare_too")).length).toBeGreaterThan((await objects("bare")).length);
  });

  it("has no FileHistory", async () => {
    expect((await open("bare", { history: false })).store.history).toBeUndefined();
  });
});

describe("schemaSql", () => {
  it.each([undefined, "public", 'sch"ema'])(
    "creates what initialize() creates, in the schema %s",
    async (schema) => {
      const { sql } = database;
      if (schema) await sql`CREATE SCHEMA IF NOT EXISTS ${sql(schema)}`;
      const options = {
        table: "printed",
        ...(schema && { schema }),
        searchIndex: "off",
        history: true,
      } as const;
      const printed = schemaSql(options);
      await sql.unsafe(printed).simple();
      await sql.unsafe(printed).simple();
      const before = await sql`SELECT changed_at FROM ${sql(schema ?? "public")}.printed_history`;
      const store = await HistoryStore.open(database, options);
      await store.put("a.txt", "a");
      await store.put("a.txt", "b");
      expect(await store.contents("a.txt")).toEqual(["a", "b"]);
      expect(
        await sql`SELECT changed_at FROM ${sql(schema ?? "public")}.printed_history WHERE path = ''`,
      ).toEqual(before);
      if (schema === 'sch"ema') return;
      const expected = await HistoryStore.open(database, { ...options, table: "created" });
      expect(expected.store.history).toBeDefined();
      const renamed = (await objects("printed")).map((object) =>
        object.replaceAll("printed", "created").replaceAll('"public"', "public"),
      );
      expect(renamed.sort()).toEqual((await objects("created")).sort());
      await sql`DROP TABLE printed, printed_history`;
      await sql`DROP FUNCTION printed_history_record`;
    },
  );

  it("omits it by default", () => {
    expect(schemaSql()).not.toMatch(/history/i);
  });
});

describe("initialize", () => {
  it.each(['we"ird; drop', "Agent's", "t".repeat(63), "ü$do$"])("quotes names such as %j", async (name) => {
    const store = await open(name, { schema: `schema ${name}`.slice(0, 60) });
    await store.put("a.txt", "a");
    await store.edit("a.txt", () => "b");
    await store.delete("a.txt");
    expect(await store.contents("a.txt")).toEqual(["a", "b", undefined]);
    expect(await store.history.erase("a.txt", { ...CALL, scope: "all" })).toEqual({ files: 0, versions: 2 });
  });

  it("changes nothing the second time, and takes no lock", async () => {
    const store = await open("twice");
    await store.put("a.txt", "a");
    const before = await objects("twice");
    await database.sql.begin(async (transaction) => {
      await transaction`LOCK TABLE twice IN EXCLUSIVE MODE`;
      await transaction`LOCK TABLE twice_history IN EXCLUSIVE MODE`;
      await transaction`SELECT pg_advisory_xact_lock(7305457893110297)`;
      await open("twice");
    });
    expect(await objects("twice")).toEqual(before);
  });

  it("is safe from 10 processes at once", async () => {
    const processes = Array.from({ length: 10 }, () =>
      run(process.execPath, [worker, database.url, "initialize", "0", "history"]),
    );
    await Promise.all(processes);
    const store = await open("shared");
    await store.put("a.txt", "a");
    expect(await store.contents("a.txt")).toEqual(["a"]);
  });

  it("replaces a trigger function of an earlier format", async () => {
    const store = await open("formats");
    await database.sql.unsafe(`CREATE OR REPLACE FUNCTION formats_history_record() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN /* deepagents-remote history, format 0, offset 0 */ RETURN NULL; END'`);
    await store.put("lost.txt", "x");
    await open("formats");
    await store.put("kept.txt", "x");
    expect((await store.changes()).map(({ key }) => key)).toEqual(["kept.txt"]);
  });

  it.each([
    ["a view", "CREATE VIEW foreign_history AS SELECT 1 AS path"],
    ["a table of another shape", "CREATE TABLE foreign_history (path text, version_id bigint)"],
    ["a table of other types", "CREATE TABLE foreign_history (path text, version_id text)"],
  ])("refuses %s in the place of the history, and changes nothing", async (_, create) => {
    const { sql } = database;
    await open("foreign", { history: false });
    await sql.unsafe(create);
    const before = await objects("foreign");
    await expect(open("foreign")).rejects.toMatchObject({
      code: "misconfigured",
      hint: expect.stringContaining("foreign_history"),
    });
    expect(await objects("foreign")).toEqual(before);
    await sql.unsafe(create.replace(/CREATE (\w+) (\w+) .*/, "DROP $1 $2"));
  });

  it("of a read-only store refuses a table without a history", async () => {
    await open("unrecorded", { history: false });
    const before = await objects("unrecorded");
    await expect(open("unrecorded", { readOnly: true })).rejects.toMatchObject({ code: "misconfigured" });
    expect(await objects("unrecorded")).toEqual(before);
    await (await open("unrecorded")).put("a.txt", "a");
    const reader = await open("unrecorded", { readOnly: true });
    expect(await reader.contents("a.txt")).toEqual(["a"]);
  });
});

describe("turning it on for a table in use", () => {
  it("locks nobody out while another session holds the table", async () => {
    const { sql } = database;
    const store = await open("held", { history: false });
    await store.put("a.txt", "0");
    let opening: Promise<HistoryStore> | undefined;
    await sql.begin(async (transaction) => {
      await transaction`UPDATE held SET modified_at = now()`;
      opening = open("held", { sql: database.pool() });
      await repeatUntil(
        async () => (await activity(sql)).waiting >= 0 && (await waits()) > 0,
        "the trigger waits",
      );
      // A writer waits behind it for a moment only.
      await store.put("b.txt", "written");
    });
    const opened = await opening!;
    await opened.put("a.txt", "1");
    expect(await opened.contents("a.txt")).toEqual(["0", "1"]);
  });

  const waits = async () => {
    const [row] =
      await database.sql`SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND relation = 'held'::regclass`;
    return row?.n as number;
  };

  it("with 200,000 rows neither loses nor refuses a concurrent change", async () => {
    const { sql } = database;
    await open("adopted", { history: false, searchIndex: "off" });
    await sql`INSERT INTO adopted (path, content, mime_type, size, ours_at)
      SELECT format('d%s/f%s', i % 100, i), '{"content": ["old"]}', 'text/plain', 3, now() FROM generate_series(1, 200000) AS i`;
    const writer = await HistoryStore.open(database, {
      table: "adopted",
      history: false,
      sql: database.pool(),
    });
    let isOpen = false;
    const writing = Array.from({ length: 4 }, async (_, w) => {
      let written = 0;
      for (; !isOpen || written < 20; written++)
        await writer.edit("d1/f1", (text) => `${text}\n${w} ${written}`);
      return written;
    });
    const store = await open("adopted", { searchIndex: "off" });
    isOpen = true;
    await Promise.all(writing);
    const contents = (await store.contents("d1/f1")) as string[];
    expect(contents.length).toBeGreaterThan(20);
    for (const [i, content] of contents.entries()) {
      if (i > 0) expect(content.split("\n")).toHaveLength(contents[i - 1]!.split("\n").length + 1);
    }
    expect(await store.contents("d1/f101")).toEqual(["old"]);
    const snapshot = await store.history.resolve(new Date(), CALL);
    const [first] = await collectFirst(store.history.listAt("d2/", snapshot, { ...CALL, recursive: false }));
    expect(first).toHaveLength(1_000);
  }, 120_000);
});

async function collectFirst<Page>(pages: AsyncIterable<Page>): Promise<[Page | undefined]> {
  for await (const page of pages) return [page];
  return [undefined];
}

describe("turning it off", () => {
  it("in the options leaves the trigger in place", async () => {
    const store = await open("quiet");
    const without = await open("quiet", { history: false });
    await without.put("a.txt", "a");
    await without.put("a.txt", "b", "edit");
    expect(await store.versions("a.txt")).toMatchObject([{ kind: "create" }, { kind: "write" }]);
  });

  it.each([
    ["dropping", (table: string) => `DROP TRIGGER deepagents_remote_history ON ${table}`],
    ["disabling", (table: string) => `ALTER TABLE ${table} DISABLE TRIGGER deepagents_remote_history`],
  ])("by %s the trigger, and on again, tells nothing false", async (name, statement) => {
    const table = `off_${name}`;
    const store = await open(table);
    for (const key of ["changed", "deleted", "same", "again"]) await store.put(key, `${key} 1`);
    await store.delete("again");
    const before = await store.versions("changed");
    await database.sql.unsafe(statement(table));
    await store.put("changed", "unseen");
    await store.put("changed", "changed 2");
    await store.delete("deleted");
    await store.put("again", "again 2");
    await store.put("new", "new 1");
    const on = await open(table);
    expect(await on.contents("changed")).toEqual([undefined, "changed 2"]);
    expect((await on.versions("changed")).slice(0, 1)).toMatchObject([{ id: before[0]?.id }]);
    await on.put("changed", "changed 3");
    await on.put("new", "new 2");
    await on.put("same", "same 2");
    await on.put("deleted", "deleted 2");
    expect(await on.contents("changed")).toEqual([undefined, "changed 2", "changed 3"]);
    expect(await on.contents("same")).toEqual(["same 1", "same 2"]);
    expect(await on.contents("new")).toEqual(["new 1", "new 2"]);
    expect(await on.contents("deleted")).toEqual([undefined, "deleted 2"]);
    expect((await on.versions("again")).map(({ kind }) => kind)).toEqual(["create", "delete", "create"]);
    await expect(on.history.resolve(before[0]!.at, CALL)).rejects.toMatchObject({ code: "invalid-options" });
  });
});

describe("rows restored into another server", () => {
  it("come before all new changes", async () => {
    const { sql } = database;
    const store = await open("restored");
    await store.put("a.txt", "1");
    await store.put("a.txt", "2");
    // As if the other server had had higher ids, and its sequence had not been copied.
    await sql`UPDATE restored_history SET changed_tx = changed_tx + 1000000000, ended_tx = ended_tx + 1000000000 WHERE path <> ''`;
    await sql`SELECT setval('restored_history_id', 1, false)`;
    const later = await open("restored");
    await later.put("b.txt", "b");
    await later.put("a.txt", "3");
    expect(await later.contents("a.txt")).toEqual(["1", "2", "3"]);
    expect((await later.changes()).map(({ key }) => key)).toEqual(["a.txt", "a.txt", "b.txt", "a.txt"]);
    const ids = (await later.changes()).map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
  });
});
