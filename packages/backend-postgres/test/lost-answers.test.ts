import { FaultyProxy } from "@deepagents-internal/testing/faulty-proxy";
import type { Change } from "@deepagents-remote/core/adapter";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Sql } from "postgres";
import { type PostgresBackend, PostgresFileStore } from "../src/index.js";
import { until } from "./helpers/activity.js";
import { useDatabase } from "./helpers/database.js";

const database = useDatabase();
let proxy: FaultyProxy;
let direct: PostgresBackend;

beforeAll(async () => {
  proxy = await FaultyProxy.start(new URL(database.url));
  direct = database.backend();
  await direct.initialize();
  // Every version that was ever made.
  await database.sql.unsafe(`
    CREATE TABLE versions (number bigserial, path text, made text);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO versions (path, made) VALUES (coalesce(NEW.path, OLD.path), TG_OP); RETURN NULL; END $$;
    CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON agent_files FOR EACH ROW EXECUTE FUNCTION note()`);
});
afterAll(() => proxy.stop());
beforeEach(() => {
  proxy.cuts = () => false;
});

const repeat = <T>(times: number, run: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: times }, (_, i) => run(i)));

/** Changes that were made to files under a path, in order. */
const versions = async (path: string) =>
  (await database.sql`SELECT made FROM versions WHERE path LIKE ${`${path.slice(1)}%`} ORDER BY number`).map(
    ({ made }) => made,
  );

/** The ids in the chain of a file. */
const writeIds = async (path: string) => {
  const [row] = await database.sql`SELECT write_ids FROM agent_files WHERE path = ${path.slice(1)}`;
  return row?.write_ids;
};

describe("with three answers of twenty lost", () => {
  let writers: PostgresBackend[];
  beforeAll(async () => {
    writers = Array.from({ length: 4 }, () =>
      database.backend({ url: proxy.through(database.url), maxPoolSize: 1 }),
    );
    await repeat(4, (i) => writers[i]!.initialize());
  });

  /** @param tag Of a completed command: the server has done it, and is cut off before it can tell. */
  const lose = (tag: string) => {
    const count = { answers: 0, lost: 0 };
    proxy.cuts = (answer) => {
      const isLost = answer.includes(tag) && [6, 13, 19].includes(count.answers++ % 20);
      if (isLost) count.lost++;
      return isLost;
    };
    return count;
  };

  /** Ten times four calls; answers what went wrong. */
  const tenTimes = async (run: (writer: PostgresBackend, i: number) => Promise<{ error?: unknown }>) => {
    const errors = await repeat(4, async (k) => {
      const all = [];
      for (let i = 0; i < 10; i++) all.push((await run(writers[k]!, k * 10 + i)).error);
      return all;
    });
    return errors.flat().filter(Boolean);
  };

  it("applies 200 edits by 4 writers exactly once each", async () => {
    await direct.write("/edit.txt", "n");
    const updates = lose("UPDATE 1");
    const edit = async (writer: PostgresBackend) => {
      for (let i = 0; i < 4; i++) await writer.edit("/edit.txt", "n", "n+");
      return writer.edit("/edit.txt", "n", "n+");
    };
    expect(await tenTimes(edit)).toEqual([]);
    expect((await direct.read("/edit.txt")).content).toBe(`n${"+".repeat(200)}`);
    expect(updates).toEqual({ answers: 200, lost: 30 });
  });

  it("reports no create as an existing file", async () => {
    const inserts = lose("INSERT 0 1\0");
    expect(await tenTimes((writer, i) => writer.write(`/created/${i}.txt`, "x"))).toEqual([]);
    expect(inserts).toEqual({ answers: 40, lost: 6 });
    expect(await versions("/created/")).toEqual(Array(40).fill("INSERT"));
    expect((await writers[0]!.write("/created/0.txt", "y")).error).toContain("already exists");
  });

  it("applies no upload twice, nor any of a batch", async () => {
    const upload = async (writer: PostgresBackend, i: number, text: string) => {
      const files = ["a", "b", "c"].map((name): [string, Uint8Array] => [
        `/batch/${i}/${name}.txt`,
        Buffer.from(text),
      ]);
      const answers = await writer.uploadFiles(files);
      return answers.find(({ error }) => error) ?? {};
    };
    const inserts = lose("INSERT 0 3\0");
    expect(await tenTimes((writer, i) => upload(writer, i, "old"))).toEqual([]);
    expect(inserts).toEqual({ answers: 40, lost: 6 });
    expect(await tenTimes((writer, i) => upload(writer, i, "new"))).toEqual([]);
    expect(inserts).toEqual({ answers: 80, lost: 12 });
    expect((await versions("/batch/")).sort()).toEqual([
      ...Array(120).fill("INSERT"),
      ...Array(120).fill("UPDATE"),
    ]);
    expect((await direct.grep("new", "/batch")).matches).toHaveLength(120);
  });

  it("a repeated delete that finds nothing has succeeded", async () => {
    await repeat(40, (i) => direct.uploadFiles([[`/gone/${i}/a.txt`, Buffer.from("x")]]));
    // The answer of a delete is a count, and so is that of its repetition, which also reads the clock.
    const counts = lose("SELECT 1\0");
    expect(await tenTimes((writer, i) => writer.delete(`/gone/${i}${i % 2 ? "" : "/a.txt"}`))).toEqual([]);
    expect(counts.lost).toBeGreaterThanOrEqual(6);
    expect(await direct.glob("**", "/gone")).toEqual({ files: [] });
    proxy.cuts = () => false;
    expect((await writers[0]!.delete("/gone/0/a.txt")).error).toContain("not found");
  });
});

describe("a statement that waits for a lock when its connection ends", () => {
  /**
   * Holds a lock until a change waits for it twice: in a statement that was given up, of which the server does not
   * know, and in the one that was sent in its place.
   */
  const waitTwice = async <T>(
    change: (backend: PostgresBackend) => Promise<T>,
    hold: (sql: Sql) => Promise<unknown>,
    end: (sql: Sql) => Promise<unknown> = (sql) => sql`COMMIT`,
  ): Promise<T> => {
    const backend = database.backend({ url: proxy.through(database.url) });
    await backend.ls("/");
    const holder = await database.sql.reserve();
    try {
      await holder`BEGIN`;
      await hold(holder);
      const changing = change(backend);
      await until(database.sql, ({ waiting }) => waiting === 1);
      for (const connection of proxy.connections) connection.abandon();
      await until(database.sql, ({ waiting }) => waiting === 2);
      await end(holder);
      const answer = await changing;
      await until(database.sql, ({ running }) => running === 0);
      return answer;
    } finally {
      await holder`ROLLBACK`;
      holder.release();
      await backend.close();
    }
  };

  const lock = (path: string) => (sql: Sql) =>
    sql`SELECT FROM agent_files WHERE path LIKE ${`${path.slice(1)}%`} FOR UPDATE`;

  it("appends once", async () => {
    await direct.write("/late/edit.txt", "n");
    const answer = await waitTwice(
      (backend) => backend.edit("/late/edit.txt", "n", "n+"),
      lock("/late/edit.txt"),
    );
    expect(answer).toEqual({ path: "/late/edit.txt", filesUpdate: null, occurrences: 1 });
    expect((await direct.read("/late/edit.txt")).content).toBe("n+");
    expect(await versions("/late/edit.txt")).toEqual(["INSERT", "UPDATE"]);
    expect(new Set(await writeIds("/late/edit.txt")).size).toBe(2);
  });

  it("appends once to the content written by the lock holder", async () => {
    await direct.write("/late/foreign.txt", "n");
    const answer = await waitTwice(
      (backend) => backend.edit("/late/foreign.txt", "n", "n+"),
      lock("/late/foreign.txt"),
      async (sql) => {
        await sql`
          UPDATE agent_files SET content = '{"content": ["n", "other"]}', modified_at = now()
          WHERE path = 'late/foreign.txt'`;
        await sql`COMMIT`;
      },
    );
    expect(answer).toMatchObject({ occurrences: 1 });
    expect((await direct.read("/late/foreign.txt")).content).toBe("n+\nother");
    expect(await versions("/late/foreign.txt")).toEqual(["INSERT", "UPDATE", "UPDATE"]);
  });

  it("replaces a file once", async () => {
    await direct.write("/late/upload.txt", "old");
    const answer = await waitTwice(
      (backend) => backend.uploadFiles([["/late/upload.txt", Buffer.from("new")]]),
      lock("/late/upload.txt"),
    );
    expect(answer).toEqual([{ path: "/late/upload.txt", error: null }]);
    expect((await direct.read("/late/upload.txt")).content).toBe("new");
    expect(await versions("/late/upload.txt")).toEqual(["INSERT", "UPDATE"]);
    expect(new Set(await writeIds("/late/upload.txt")).size).toBe(2);
  });

  it("replaces a batch once after half of it was carried out", async () => {
    const paths = ["a", "b", "c"].map((name) => `/late/batch/${name}.txt`);
    const batch = paths.map((path): [string, Uint8Array] => [path, Buffer.from("new")]);
    await direct.uploadFiles(batch);
    const answers = await waitTwice((backend) => backend.uploadFiles(batch), lock("/late/batch/b"));
    expect(answers.map(({ error }) => error)).toEqual([null, null, null]);
    expect((await versions("/late/batch/")).sort()).toEqual([
      ...Array(3).fill("INSERT"),
      ...Array(3).fill("UPDATE"),
    ]);
    for (const path of paths) expect(new Set(await writeIds(path)).size).toBe(2);
  });

  it("creates a file once, and does not report it as unchanged", async () => {
    const holder = await database.sql.reserve();
    const backend = database.backend({ url: proxy.through(database.url) });
    await backend.ls("/");
    try {
      await holder`BEGIN`;
      await holder`INSERT INTO agent_files (path, content) VALUES ('late/create.txt', '{"content": []}')`;
      const creating = backend.write("/late/create.txt", "x");
      await until(database.sql, ({ waiting }) => waiting === 1);
      for (const connection of proxy.connections) connection.abandon();
      // The file may come, or may have been deleted by others: a second statement could undo that.
      expect((await creating).error).toContain("unknown whether the change was made");
      await holder`ROLLBACK`;
      await until(database.sql, ({ running }) => running === 0);
      expect(await versions("/late/create.txt")).toEqual(["INSERT"]);
      expect(await writeIds("/late/create.txt")).toHaveLength(1);
    } finally {
      holder.release();
      await backend.close();
    }
  });

  it("deletes once", async () => {
    await repeat(3, (i) => direct.write(`/late/delete/${i}.txt`, "x"));
    const answer = await waitTwice((backend) => backend.delete("/late/delete"), lock("/late/delete/1"));
    expect(answer).toEqual({ path: "/late/delete", filesUpdate: null });
    expect((await versions("/late/delete/")).sort()).toEqual([
      ...Array(3).fill("DELETE"),
      ...Array(3).fill("INSERT"),
    ]);
  });
});

describe("a change whose id is in the chain of the file", () => {
  it("changes nothing, whatever version it started from", async () => {
    const store = new PostgresFileStore({ url: database.url, minPoolSize: 0 });
    const call = { signal: new AbortController().signal, root: "" };
    const change = { key: "twice.txt", id: "0123456789abcdefghijkl", content: "x" };
    const put = async (condition: Change["condition"]) =>
      (await store.put([{ ...change, condition }], call))[0];
    const stored = async () => (await store.get([change.key], call))[0];
    await put("create");
    const file = await stored();
    for (const condition of ["create", "overwrite", file as never] as const)
      expect(await put(condition)).toEqual({ done: true });
    expect(await stored()).toEqual(file);
    expect(await versions("/twice.txt")).toEqual(["INSERT"]);
    await store.close();
  });
});
