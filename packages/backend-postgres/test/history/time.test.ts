import { MemoryFileStore, type Snapshot } from "@deepagents-remote/core/adapter";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { useDatabase } from "../helpers/database.js";
import { CALL, HistoryStore } from "../helpers/history.js";

const database = useDatabase();

const collect = async <Item>(pages: AsyncIterable<readonly Item[]>): Promise<Item[]> => {
  const items: Item[] = [];
  for await (const page of pages) items.push(...page);
  return items;
};

/** Ids of checkpoints sort in their order, as LangGraph's do. */
const checkpointOf = (step: number) => `c${String(step).padStart(4, "0")}`;

describe("random changes", () => {
  const STEPS = 300;
  let store: HistoryStore;
  /** Files after each step, and the newest version at that time. */
  const states: { files: Record<string, string>; version: string | undefined }[] = [];
  const keys = ["a", "b/c", "b/d", "b.e", "ü/x", "long/way/down", "b0"];

  beforeAll(async () => {
    store = await HistoryStore.open(database, { table: "random" });
    let seed = 42;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    const files: Record<string, string> = {};
    for (let i = 0; i < STEPS; i++) {
      const key = keys[random(keys.length)]!;
      const by = { thread: `t${random(3)}`, checkpoint: checkpointOf(i) };
      if (random(5) === 0) {
        await store.delete(key, "file", by);
        delete files[key];
      } else {
        files[key] = `${i % 7}`;
        await store.put(key, files[key]!, "write", by);
      }
      const newest = (
        await Promise.all(keys.map((k) => store.history.versions(k, { ...CALL, limit: 1 })))
      ).flat();
      const last = newest.sort((a, b) => Number(a.id.split(".")[0]) - Number(b.id.split(".")[0])).at(-1);
      states.push({ files: { ...files }, version: last?.id });
    }
  });

  it("leave every state of all files to be reproduced", async () => {
    for (const { files, version } of states) {
      if (version === undefined) continue;
      const snapshot = await store.history.resolve({ version }, CALL);
      expect(await store.filesAt(snapshot)).toEqual(files);
    }
  });

  it("leave the state before each checkpoint", async () => {
    const changes = await store.changes();
    for (const { by } of changes) {
      const thread = by!.thread!;
      const step = Number(by!.checkpoint!.slice(1));
      // The second one changed nothing: the next change of the thread is this one.
      for (const checkpoint of [checkpointOf(step), `${checkpointOf(step - 1)}-model`]) {
        const snapshot = await store.history.resolve({ thread, checkpoint }, CALL);
        expect(await store.filesAt(snapshot)).toEqual(states[step - 1]?.files ?? {});
      }
    }
  });

  it("are listed in order, by page and by thread", async () => {
    const all = await store.changes("", 1_000);
    expect(await store.changes("", 13)).toEqual(all);
    const steps = all.map(({ by }) => Number(by!.checkpoint!.slice(1)));
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(await store.changes("", 5, "t1")).toEqual(all.filter(({ by }) => by?.thread === "t1"));
    expect(await store.changes("b/", 4)).toEqual(all.filter(({ key }) => key.startsWith("b/")));
    for (const key of keys)
      expect(await store.versions(key)).toEqual(all.filter((change) => change.key === key));
  });

  it("say which files differ from an earlier state", async () => {
    for (const { files, version } of states.slice(100, 120)) {
      const snapshot: Snapshot = await store.history.resolve({ version: version! }, CALL);
      const listed = await collect(store.history.changedSince("", snapshot, CALL));
      const now = states.at(-1)!.files;
      const differ = keys.filter((key) => now[key] !== files[key]);
      expect(listed).toEqual(expect.arrayContaining(differ));
    }
    const last = await store.history.resolve({ version: states.at(-1)!.version! }, CALL);
    expect(await collect(store.history.changedSince("", last, CALL))).toEqual([]);
  });

  it("are listed by directories, too", async () => {
    const { files, version } = states.findLast((state) => Object.keys(state.files).length === keys.length)!;
    const model = new MemoryFileStore({ history: true });
    for (const [key, content] of Object.entries(files)) {
      await model.put([{ key, id: key, condition: "overwrite", content }], CALL);
    }
    const snapshot = await store.history.resolve({ version: version! }, CALL);
    for (const prefix of ["", "b/", "lo"]) {
      for (const recursive of [true, false]) {
        const names = async (pages: ReturnType<typeof model.list>) =>
          (await collect(pages)).map(({ key }) => key);
        expect(await names(store.history.listAt(prefix, snapshot, { ...CALL, recursive }))).toEqual(
          await names(model.list(prefix, { ...CALL, recursive })),
        );
      }
    }
  });
});

describe("points in time", () => {
  let store: HistoryStore;
  beforeAll(async () => {
    await database.sql`CREATE TABLE dated (path TEXT PRIMARY KEY, content JSONB NOT NULL,
      created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(), modified_at TIMESTAMPTZ NOT NULL DEFAULT NOW())`;
    await database.sql`INSERT INTO dated (path, content) VALUES ('old.txt', '{"content": ["old"]}'), ('kept.txt', '{"content": ["kept"]}')`;
    store = await HistoryStore.open(database, { table: "dated" });
  });

  it("before the history began are refused with its beginning", async () => {
    const [row] = await database.sql`SELECT changed_at AS begin FROM dated_history WHERE path = ''`;
    await expect(store.history.resolve(new Date(row?.begin.getTime() - 1), CALL)).rejects.toMatchObject({
      code: "invalid-options",
      message: expect.stringContaining(row?.begin.toISOString()),
    });
    await expect(store.history.resolve(row?.begin, CALL)).resolves.toBeDefined();
  });

  it.each([
    [{ version: "1.99" }],
    [{ version: "1.0" }],
    [{ version: "5000.0" }],
    [{ version: "nonsense" }],
    [{ version: `${"9".repeat(40)}.1` }],
    [{ thread: "never", checkpoint: "c" }],
  ])("that are unknown are refused: %j", async (point) => {
    await expect(store.history.resolve(point, CALL)).rejects.toMatchObject({ code: "invalid-options" });
  });

  it("do not know version 0 where no file is from before the history", async () => {
    const below = (root: string) => store.history.resolve({ version: "0.0" }, { ...CALL, root });
    await expect(below("new/")).rejects.toMatchObject({ code: "invalid-options" });
    await expect(below("")).resolves.toBeDefined();
  });

  it("know files from before the history", async () => {
    const begin = await store.history.resolve(new Date(), CALL);
    expect(await store.versions("old.txt")).toMatchObject([{ id: "0.0", kind: "create", size: 3 }]);
    await store.put("old.txt", "new");
    await store.put("later.txt", "later");
    expect(await store.filesAt("v0.0")).toEqual({ "old.txt": "old", "kept.txt": "kept" });
    expect(await store.filesAt(begin)).toEqual({ "old.txt": "old", "kept.txt": "kept" });
    expect(await store.contents("old.txt")).toEqual(["old", "new"]);
    expect(await store.versions("old.txt")).toMatchObject([
      { id: "0.0", kind: "create", size: 3 },
      { kind: "write" },
    ]);
    expect((await store.changes()).map(({ key }) => key)).toEqual(["old.txt", "later.txt"]);
  });

  it("by time contain what was made at that millisecond, and nothing that comes later", async () => {
    await store.put("time.txt", "1");
    const { at } = (await store.versions("time.txt"))[0]!;
    const snapshot = await store.history.resolve(at, CALL);
    expect(await store.filesAt(snapshot, "time")).toEqual({ "time.txt": "1" });
    const future = await store.history.resolve(new Date(Date.now() + 3_600_000), CALL);
    const { sql } = database;
    // The clock must have moved on by a millisecond.
    await sql`SELECT pg_sleep(0.002)`;
    await store.put("time.txt", "2");
    expect(await store.filesAt(future, "time")).toEqual({ "time.txt": "1" });
  });

  it("have the same version in a listing and in a file, which a change does not alter", async () => {
    const { id } = (await store.versions("time.txt")).at(-1)!;
    const snapshot = await store.history.resolve({ version: id }, CALL);
    const seen = async () => {
      const [entry] = await collect(store.history.listAt("time", snapshot, { ...CALL, recursive: true }));
      const [file] = await store.history.getAt(["time.txt"], snapshot, CALL);
      return [entry?.version, file?.version];
    };
    expect(await seen()).toEqual([id, id]);
    await store.put("time.txt", "3");
    expect(await seen()).toEqual([id, id]);
  });
});

describe("a listing of more than a page", () => {
  it("lists each file and each directory once", async () => {
    const store = await HistoryStore.open(database, { table: "pages" });
    await database.sql`INSERT INTO pages (path, content)
      SELECT format('d%s/f%s', i % 3, i), '{"content": ["x"]}' FROM generate_series(1, 3500) AS i`;
    const snapshot = await store.history.resolve(new Date(), CALL);
    await store.delete("d1", "all");
    await database.sql`UPDATE pages SET content = '{"content": ["y"]}', modified_at = now() WHERE path < 'd2/f2'`;
    const list = (prefix: string, recursive: boolean) =>
      collect(store.history.listAt(prefix, snapshot, { ...CALL, recursive }));
    expect(new Set((await list("", true)).map(({ key }) => key)).size).toBe(3500);
    expect((await list("", false)).map(({ key }) => key)).toEqual(["d0/", "d1/", "d2/"]);
    expect(await list("d1/", false)).toHaveLength(1167);
    expect((await collect(store.history.changedSince("", snapshot, CALL))).length).toBeGreaterThan(1167);
  });
});
