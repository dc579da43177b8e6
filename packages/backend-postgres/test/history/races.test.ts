import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import postgres, { type Sql } from "postgres";
import { repeatUntil } from "../helpers/activity.js";
import { useDatabase } from "../helpers/database.js";
import { CALL, HistoryStore } from "../helpers/history.js";

const database = useDatabase();
let stores: HistoryStore[];
beforeAll(async () => {
  stores = await Promise.all([1, 2].map(() => HistoryStore.open(database, { sql: database.pool() })));
});

describe("writers of one file", () => {
  it("leave exactly one version per edit, each made from the one before", async () => {
    const [WRITERS, EDITS] = [20, 50];
    await stores[0]!.put("raced.txt", "");
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        for (let i = 0; i < EDITS; i++) {
          const line = `${writer} ${i}\n`;
          await stores[writer % 2]!.edit("raced.txt", (content) => content + line, { agent: String(writer) });
        }
      }),
    );
    const versions = await stores[0]!.versions("raced.txt");
    expect(versions).toHaveLength(1 + WRITERS * EDITS);
    const contents = (await stores[0]!.contents("raced.txt")) as string[];
    for (const [i, content] of contents.entries()) {
      if (i === 0) continue;
      // Exactly one line more, by the author of the version.
      expect(content.startsWith(contents[i - 1]!)).toBe(true);
      expect(content.slice(contents[i - 1]!.length)).toMatch(
        new RegExp(`^${versions[i]!.by!.agent} \\d+\\n$`),
      );
    }
    const [file] = await stores[1]!.store.get(["raced.txt"], CALL);
    expect(file).toMatchObject({ content: contents.at(-1), version: versions.at(-1)?.current });
    expect((await stores[1]!.changes("raced.txt", 77)).map(({ id }) => id)).toEqual(
      versions.map(({ id }) => id),
    );
  }, 300_000);

  it("that create, replace and delete it leave a sequence without gaps", async () => {
    await Promise.all(
      Array.from({ length: 20 }, async (_, writer) => {
        for (let i = 0; i < 25; i++) {
          if ((writer + i) % 3 === 0) await stores[writer % 2]!.delete("churn.txt");
          else await stores[writer % 2]!.put("churn.txt", `${writer} ${i}`);
        }
      }),
    );
    const entries = await database.sql`
      SELECT changed_kind AS kind, version_id AS id, changed_tx, changed_at,
        ended_id = lead(version_id) OVER w AND ended_tx = lead(changed_tx) OVER w AND ended_at = lead(changed_at) OVER w AS meets,
        (lag(changed_kind) OVER w) IS DISTINCT FROM 'delete' AND lag(version_id) OVER w IS NOT NULL AS existed,
        content IS NOT NULL AS is_kept, lead(version_id) OVER w IS NULL AS is_last,
        (changed_tx, changed_at) >= (lag(changed_tx) OVER w, lag(changed_at) OVER w) IS NOT FALSE AS is_ordered
      FROM agent_files_history WHERE path = 'churn.txt' WINDOW w AS (ORDER BY version_id) ORDER BY version_id`;
    expect(entries.length).toBeGreaterThan(100);
    for (const { kind, meets, existed, is_kept, is_last, is_ordered } of entries) {
      expect(is_ordered).toBe(true);
      if (!is_last) expect(meets).toBe(true);
      expect(existed).toBe(kind !== "create");
      if (!is_last) expect(is_kept).toBe(kind !== "delete");
    }
  }, 300_000);
});

describe("an uncommitted transaction", () => {
  const insert = (sql: Sql, path: string) =>
    sql`INSERT INTO agent_files (path, content) VALUES (${path}, '{"content": ["x"]}')`;

  it("that commits late is on a later page of the changes", async () => {
    const [store] = stores as [HistoryStore];
    const read = async (since: string | undefined) =>
      store.history.changes("late/", { ...CALL, limit: 10, since });
    await store.put("late/1", "1");
    let seen = await read(undefined);
    expect(seen.map(({ key }) => key)).toEqual(["late/1"]);
    let since = seen.at(-1)?.id;
    await database.sql.begin(async (early) => {
      await insert(early as unknown as Sql, "late/2");
      await store.put("late/3", "3");
      seen = await read(since);
      expect(seen).toEqual([]);
      await database.sql.begin(async (other) => {
        await insert(other as unknown as Sql, "late/4");
        expect(await read(since)).toEqual([]);
      });
    });
    seen = await read(since);
    expect(seen.map(({ key }) => key)).toEqual(["late/2", "late/3", "late/4"]);
    since = seen.at(-1)?.id;
    expect(await read(since)).toEqual([]);
  });

  it("loses no change to concurrent readers", async () => {
    const [store, reader] = stores as [HistoryStore, HistoryStore];
    const seen: string[] = [];
    let isWriting = true;
    const reading = (async () => {
      for (let since: string | undefined; ; ) {
        const isLast = !isWriting;
        const page = await reader.history.changes("flood/", { ...CALL, limit: 7, since });
        seen.push(...page.map(({ id }) => id));
        since = page.at(-1)?.id ?? since;
        if (page.length === 0 && isLast) return;
      }
    })();
    await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let i = 0; i < 40; i++) {
          if (writer < 4) await store.put(`flood/${i % 5}`, randomUUID());
          else {
            await database.sql.begin(async (transaction) => {
              await insert(transaction as unknown as Sql, `flood/${writer} ${i}`);
              await insert(transaction as unknown as Sql, `flood/${writer} ${i} more`);
            });
          }
        }
      }),
    );
    isWriting = false;
    await reading;
    expect(seen).toEqual((await store.changes("flood/")).map(({ id }) => id));
    expect(seen).toHaveLength(4 * 40 + 4 * 40 * 2);
  });

  it("is not part of the present time, and neither is what comes after it", async () => {
    const [store] = stores as [HistoryStore];
    await store.put("now/file", "1");
    const change = (sql: Sql, content: string) =>
      sql`UPDATE agent_files SET content = ${sql.json({ content: [content] })}, modified_at = clock_timestamp() WHERE path = 'now/file'`;
    const now = async () => store.history.resolve(await store.now(), CALL);
    let snapshot = "";
    await database.sql.begin(async (open) => {
      await change(open as unknown as Sql, "in flight");
      await store.put("now/other", "2");
      snapshot = await now();
      expect(await store.filesAt(snapshot, "now/")).toEqual({ "now/file": "1" });
    });
    expect(await store.filesAt(snapshot, "now/")).toEqual({ "now/file": "1" });
    const listed: string[] = [];
    for await (const page of store.history.changedSince("now/", snapshot, CALL)) listed.push(...page);
    expect(listed).toEqual(["now/file", "now/other"]);
    expect(await store.filesAt(await now(), "now/")).toEqual({ "now/file": "in flight", "now/other": "2" });
  });

  it("that has changed no file hides no change", async () => {
    const [store] = stores as [HistoryStore];
    await store.put("idle/1", "1");
    let snapshot = "";
    await database.sql.begin(async (open) => {
      await open`SELECT pg_current_xact_id()`;
      await store.put("idle/2", "2");
      snapshot = await store.history.resolve(await store.now(), CALL);
      expect(await store.filesAt(snapshot, "idle/")).toEqual({ "idle/1": "1", "idle/2": "2" });
      await insert(open as unknown as Sql, "idle/3");
    });
    expect(await store.filesAt(snapshot, "idle/")).toEqual({ "idle/1": "1", "idle/2": "2" });
  });

  it("of another database holds nothing up", async () => {
    const [store] = stores as [HistoryStore];
    const elsewhere = postgres(database.url, { database: "postgres", max: 1, onnotice: () => {} });
    let seen = 0;
    await elsewhere
      .begin(async (transaction) => {
        await transaction`SELECT pg_current_xact_id()`;
        await store.put("elsewhere.txt", "1");
        seen = (await store.changes("elsewhere.txt")).length;
      })
      .finally(() => elsewhere.end());
    expect(seen).toBe(1);
  });

  it("is ordered with the changes of the same file by the lock of its row", async () => {
    const [store] = stores as [HistoryStore];
    await store.put("order.txt", "0");
    await database.sql.begin(async (early) => {
      // Its transaction id is lower than that of the change that comes first.
      await early`SELECT pg_current_xact_id()`;
      await store.put("order.txt", "1");
      await early`UPDATE agent_files SET content = '{"content": ["2"]}', modified_at = clock_timestamp() WHERE path = 'order.txt'`;
    });
    expect(await store.contents("order.txt")).toEqual(["0", "1", "2"]);
    expect((await store.changes("order.txt")).map(({ id }) => id)).toEqual(
      (await store.versions("order.txt")).map(({ id }) => id),
    );
  });

  it("that deletes a file comes before its creation by a waiting writer", async () => {
    const [store] = stores as [HistoryStore];
    await store.put("again.txt", "1");
    let creating: Promise<unknown> = Promise.resolve();
    await database.sql.begin(async (deleting) => {
      await deleting`DELETE FROM agent_files WHERE path = 'again.txt'`;
      creating = Promise.resolve(
        database.sql`INSERT INTO agent_files (path, content) VALUES ('again.txt', '{"content": ["2"]}')`,
      );
      const blocked = async () => {
        const [row] =
          await database.sql`SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        return row?.n > 0;
      };
      await repeatUntil(blocked, "the creation waits");
    });
    await creating;
    expect(await store.contents("again.txt")).toEqual(["1", undefined, "2"]);
  });
});
