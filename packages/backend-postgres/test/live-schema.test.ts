import { describe, expect, it } from "@jest/globals";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();

/** Changes of the database under a backend that is open. */
const CHANGES: Readonly<Record<string, readonly string[]>> = {
  "the table is dropped": ["DROP TABLE live.agent_files"],
  "the schema is dropped": ["DROP SCHEMA live CASCADE"],
  "the schema is renamed": ["ALTER SCHEMA live RENAME TO renamed"],
  "a column is dropped": ["ALTER TABLE live.agent_files DROP COLUMN write_ids"],
  "all columns of ours are dropped": [
    `ALTER TABLE live.agent_files
      DROP COLUMN bytes, DROP COLUMN mime_type, DROP COLUMN size, DROP COLUMN write_ids, DROP COLUMN ours_at`,
  ],
};

describe.each(Object.entries(CHANGES))("while a backend is open %s", (_, statements) => {
  const open = async () => {
    await database.sql`DROP SCHEMA IF EXISTS live, renamed CASCADE`;
    const backend = database.backend({ schema: "live" });
    expect(await backend.write("/a.txt", "a")).not.toHaveProperty("error");
    // Also prepared statements.
    expect(await backend.edit("/a.txt", "a", "b")).toMatchObject({ occurrences: 1 });
    for (const statement of statements) await database.sql.unsafe(statement);
    return backend;
  };

  it("and initialize() restores missing objects", async () => {
    const backend = await open();
    await backend.initialize();
    expect(await backend.check()).toMatchObject({ ok: true, details: { table: "complete" } });
    await backend.write("/b.txt", "b");
    expect(await backend.edit("/b.txt", "b", "c")).toMatchObject({ occurrences: 1 });
  });

  it("and the first operation reports it; the next one restores it", async () => {
    const backend = await open();
    expect((await backend.write("/b.txt", "b")).error).toMatch(/does not exist|lacks a column/);
    expect(await backend.write("/b.txt", "b")).not.toHaveProperty("error");
    expect((await backend.read("/b.txt")).content).toBe("b");
  });
});

describe("an index that is dropped under a backend", () => {
  it("of paths is restored by initialize()", async () => {
    const backend = database.backend({ table: "indexed" });
    await backend.initialize();
    await database.sql`DROP INDEX idx_indexed_path_prefix`;
    expect(await backend.write("/a.txt", "a")).not.toHaveProperty("error");
    await backend.initialize();
    expect(await backend.check()).toMatchObject({ ok: true, details: { table: "complete" } });
  });

  it("of searches is restored by createSearchIndex()", async () => {
    const backend = database.backend({ table: "indexed" });
    await backend.initialize();
    await database.sql`DROP INDEX IF EXISTS idx_indexed_search`;
    expect((await backend.check()).details.searchIndex).toBe("missing");
    await backend.createSearchIndex();
    expect((await backend.check()).details.searchIndex).toBe("ready");
  });
});
