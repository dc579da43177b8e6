import { createServer } from "node:net";
import { layer, RemoteBackend } from "@deepagents-remote/core";
import { describe, expect, it } from "@jest/globals";
import postgres from "postgres";
import { PostgresBackend, PostgresStore } from "../src/index.js";
import { alter, useDatabase } from "./helpers/database.js";
import { refusals } from "./helpers/refusals.js";

const database = useDatabase();

/** The backend, and one whose store has lost its push-downs: what is asked of one is asked of the other. */
function bothWays(table: string): RemoteBackend[] {
  const store = new PostgresStore({ sql: database.sql, table });
  return [database.backend({ table }), new RemoteBackend(layer(store, { get: store.get.bind(store) }))];
}

const bytesOf = async (backend: RemoteBackend, path: string) => {
  const [answer] = await backend.downloadFiles([path]);
  return answer?.content && Buffer.from(answer.content);
};

/** What is stored in a table, to see that nothing changed. */
const snapshot = (table: string) =>
  database.sql`SELECT path, xmin::text FROM ${database.sql(table)} ORDER BY path`.then((rows) => [...rows]);

const backendOver = (table: string, options = {}) => database.backend({ table, ...options });

describe("a path", () => {
  it.each([
    ["with a '.' segment", "/d/./a.txt", "may not be '.'"],
    ["with a '..' segment", "/d/../a.txt", "may not be '..'"],
    ["with a control character", "/d/a\n.txt", "control characters"],
    ["with NUL", "/d/\0", "control characters"],
    ["with half of a surrogate pair", "/d/\ud83d.txt", "half of a surrogate pair"],
    // 1,025 bytes with the namespace: `tenant/` has 7.
    ["of more than 1,024 bytes", `/${"é".repeat(509)}`, "too long: with its namespace it has 1025 bytes"],
  ])("%s is refused by every method", async (_, path, reason) => {
    const backend = backendOver("paths", { namespace: ["tenant"] });
    await backend.write("/a.txt", "x");
    const before = await snapshot("paths");
    for (const said of Object.values(await refusals(backend, path))) expect(said).toContain(reason);
    expect(await snapshot("paths")).toEqual(before);
  });

  it("that is refused is `invalid_path`, and the other files of its batch are served", async () => {
    const backend = backendOver("batch");
    const paths = ["/first.txt", "/a/../b", "/\ud83d", "/\u001b", "/a".repeat(600), "/last.txt"];
    const errors = [null, "invalid_path", "invalid_path", "invalid_path", "invalid_path", null];
    const stored = await backend.uploadFiles(paths.map((path) => [path, Buffer.from("x")]));
    expect(stored.map(({ path }) => path)).toEqual(paths);
    expect(stored.map(({ error }) => error)).toEqual(errors);
    const fetched = await backend.downloadFiles(paths);
    expect(fetched.map(({ path }) => path)).toEqual(paths);
    expect(fetched.map(({ error }) => error)).toEqual(errors);
    expect((await backend.ls("/")).files?.map(({ path }) => path)).toEqual(["/first.txt", "/last.txt"]);
  });
});

describe("text", () => {
  it("with half of a surrogate pair is stored with U+FFFD, and finds no half of a whole pair", async () => {
    for (const backend of bothWays("halves")) {
      await backend.delete("/");
      await backend.write("/new.txt", "a\ud83d");
      expect((await backend.readRaw("/new.txt")).data?.content).toBe("a\ufffd");
      await backend.edit("/new.txt", "a", "\ude00\ud83d");
      expect((await backend.readRaw("/new.txt")).data?.content).toBe("\ufffd\ufffd\ufffd");
      await backend.write("/pair.txt", "😀");
      expect(await backend.grep("\ud83d")).toEqual({ matches: [] });
      expect(await backend.grep("\ude00", "/pair.txt")).toEqual({ matches: [] });
      expect(await backend.edit("/pair.txt", "\ud83d", "x")).toEqual({
        error: expect.stringContaining("String not found"),
      });
      expect((await backend.readRaw("/pair.txt")).data?.content).toBe("😀");
      // As bytes half a pair is no UTF-8, and comes back as it is.
      const half = Buffer.from([0xed, 0xa0, 0xbd]);
      await backend.uploadFiles([["/half.txt", half]]);
      expect(await bytesOf(backend, "/half.txt")).toEqual(half);
    }
  });

  it("with NUL is stored, found and edited like any other", async () => {
    for (const backend of bothWays("nul")) {
      await backend.delete("/");
      await backend.write("/a.txt", "one\0\ntwo");
      expect((await backend.grep("\0")).matches).toEqual([{ path: "/a.txt", line: 1, text: "one\0" }]);
      expect(await backend.edit("/a.txt", "\0", "")).toMatchObject({ occurrences: 1 });
      expect(await backend.edit("/a.txt", "two", "\0two")).toMatchObject({ occurrences: 1 });
      await backend.uploadFiles([["/b.txt", Buffer.from("\0")]]);
      expect((await backend.grep("\0")).matches?.map(({ path }) => path)).toEqual(["/a.txt", "/b.txt"]);
      expect((await backend.readRaw("/a.txt")).data?.content).toBe("one\n\0two");
    }
  });
});

describe("a number", () => {
  it.each([
    [-1, 1, { content: "1", endLine: 1, nextOffset: 1 }],
    [0.9, 1.9, { content: "1", endLine: 1, nextOffset: 1 }],
    [Number.NaN, 2, { content: "1\n2", endLine: 2, nextOffset: 2 }],
    [Number.NEGATIVE_INFINITY, 2, { content: "1\n2", endLine: 2, nextOffset: 2 }],
    [0, Number.POSITIVE_INFINITY, { content: "1\n2\n3\n", endLine: 3 }],
    [1, 2 ** 60, { content: "2\n3\n", endLine: 3 }],
    [0, -1, { content: "" }],
    [0, Number.NaN, { content: "" }],
    [2 ** 53, 1, { error: "Line offset 9007199254740992 exceeds file length (3 lines)" }],
    [1e308, 1e308, { error: "Line offset 1e+308 exceeds file length (3 lines)" }],
  ])("offset %d and limit %d are a window, or an error", async (offset, limit, expected) => {
    for (const backend of bothWays("numbers")) {
      await backend.uploadFiles([["/a.txt", Buffer.from("1\n2\n3\n")]]);
      expect(await backend.read("/a.txt", offset, limit)).toMatchObject(expected);
    }
  });

  it.each([
    [-1, 0, true],
    [0.9, 0, true],
    [1.9, 1, true],
    [Number.NaN, 3, undefined],
    [Number.POSITIVE_INFINITY, 3, undefined],
    [2 ** 63, 3, undefined],
    [1e308, 3, undefined],
  ])("maxCount %d is a bound, or none", async (maxCount, found, truncated) => {
    for (const backend of bothWays("numbers")) {
      await backend.uploadFiles([["/a.txt", Buffer.from("1\n2\n3\n")]]);
      const answer = await backend.grep("", "/", null, maxCount);
      expect([answer.matches?.length, answer.truncated]).toEqual([found, truncated]);
    }
  });
});

describe("a glob", () => {
  const name = "a".repeat(250);

  it("of 13 stars is matched in linear time", async () => {
    for (const backend of bothWays("stars")) {
      await backend.uploadFiles([[`/${name}`, Buffer.from("x")]]);
      for (const [pattern, found] of [
        [`${"*a".repeat(13)}*b`, 0],
        [`${"*a".repeat(13)}*`, 1],
        ["*".repeat(13), 1],
      ] as const) {
        expect((await backend.glob(pattern)).files).toHaveLength(found);
        expect((await backend.grep("x", "/", pattern)).matches).toHaveLength(found);
      }
    }
  });

  it.each(["[", "]", "[]", "[^", "{", "{a", "}", "(", "((((", "@(", "+(a", ")", "\\", "[[:nope:]]"])(
    "of %s, without its partner, is a name",
    async (pattern) => {
      const backend = backendOver("brackets");
      await backend.uploadFiles([[`/${pattern}`, Buffer.from("x")]]);
      expect((await backend.glob(pattern)).files?.map(({ path }) => path)).toContain(`/${pattern}`);
      expect((await backend.grep("x", "/", pattern)).matches?.map(({ path }) => path)).toContain(
        `/${pattern}`,
      );
    },
  );

  it.each([
    ["longer than picomatch takes", "a".repeat(65_537), "at most 1,024"],
    ["of many values", "{1..99999999}", "more than 1,000 values"],
    ["with NUL", "a\0*", "control characters"],
    ["of several lines", "*.ts\n*.js", "control characters"],
    ["with half of a surrogate pair", "\ud83d*", "half of a surrogate pair"],
    ["that is undefined", undefined, "must be a string"],
    ["that is false", false, "must be a string"],
    ["that is a number", 7, "must be a string"],
    ["that is an object", { pattern: "*" }, "must be a string"],
    ["that is an array", ["*"], "must be a string"],
  ])("%s is refused", async (_, pattern, reason) => {
    const backend = backendOver("stars");
    expect(await backend.glob(pattern as string)).toEqual({ error: expect.stringContaining(reason) });
    // Of `grep` it is an option.
    if (pattern === undefined) return;
    expect(await backend.grep("x", "/", pattern as string)).toEqual({
      error: expect.stringContaining(reason),
    });
  });
});

describe("a grep pattern", () => {
  it("that is empty matches every line, and one of several lines none", async () => {
    for (const backend of bothWays("patterns")) {
      await backend.uploadFiles([["/a.txt", Buffer.from("one\n\ntwo\n")]]);
      expect((await backend.grep("")).matches?.map(({ text }) => text)).toEqual(["one", "", "two"]);
      expect(await backend.grep("one\n")).toEqual({ matches: [] });
      expect(await backend.grep("\n")).toEqual({ matches: [] });
    }
  });

  it.each([[undefined], [null], [7], [["x"]], [{}]])("of %j is refused", async (pattern) => {
    expect(await backendOver("patterns").grep(pattern as string)).toEqual({
      error: expect.stringContaining("The pattern must be a string"),
    });
  });
});

describe("content", () => {
  it("of a binary file is not edited, and what is no base64 is not written", async () => {
    const backend = backendOver("binary");
    const bytes = Buffer.from([0x89, 0x50, 0, 0xff]);
    await backend.uploadFiles([
      ["/a.png", bytes],
      ["/latin1.txt", Buffer.from([0x61, 0xe9])],
    ]);
    const before = await snapshot("binary");
    for (const path of ["/a.png", "/latin1.txt"]) {
      expect(await backend.edit(path, "a", "b")).toEqual({ error: expect.stringContaining("is binary") });
    }
    for (const content of ["a picture of a cat", "iVBORw0KGgo", "aGk=aGk=", "data:image/png;base64,?"]) {
      expect(await backend.write("/x.png", content)).toEqual({
        error: expect.stringContaining("must be base64"),
      });
    }
    expect(await snapshot("binary")).toEqual(before);
    expect(await bytesOf(backend, "/a.png")).toEqual(bytes);
  });

  it("over maxFileBytes is refused, and the other files of its batch are stored", async () => {
    const backend = backendOver("large", { maxFileBytes: 1_000 });
    await backend.write("/full.txt", "é".repeat(500));
    const before = await snapshot("large");
    const refused = (bytes: number) => ({
      error: expect.stringContaining(`would have ${bytes} bytes, and 1000 are allowed`),
    });
    expect(await backend.write("/a.txt", "x".repeat(1_001))).toEqual(refused(1_001));
    expect(await backend.write("/a.png", Buffer.alloc(1_001).toString("base64"))).toEqual(refused(1_001));
    expect(await backend.edit("/full.txt", "é", "éx", true)).toEqual(refused(1_500));
    // A result that no string of JavaScript could hold is refused before it is made.
    expect(await backend.edit("/full.txt", "é", "x".repeat(10_000_000), true)).toEqual(refused(5e9));
    expect(await snapshot("large")).toEqual(before);
    expect(
      await backend.uploadFiles([
        ["/1.txt", Buffer.alloc(1_000, "1")],
        ["/2.txt", Buffer.alloc(1_001, "2")],
        ["/3.txt", Buffer.alloc(1_000, "3")],
      ]),
    ).toEqual([
      { path: "/1.txt", error: null },
      { path: "/2.txt", error: "permission_denied", message: expect.stringContaining("1001 bytes") },
      { path: "/3.txt", error: null },
    ]);
    expect((await backend.glob("?.txt")).files?.map(({ path }) => path)).toEqual(["/1.txt", "/3.txt"]);
  });

  it("of 17 MB of newlines is stored, read, searched, edited and downloaded", async () => {
    const lines = 17 * 1024 * 1024;
    const backend = backendOver("newlines");
    expect(await backend.uploadFiles([["/a.txt", Buffer.alloc(lines, "\n")]])).toMatchObject([
      { error: null },
    ]);
    expect(await backend.read("/a.txt", lines - 1, 5)).toMatchObject({ content: "\n", totalLines: lines });
    expect(await backend.grep("")).toMatchObject({ truncated: true });
    expect(await backend.edit("/a.txt", "\n", "\r\n", true)).toMatchObject({ occurrences: lines });
    // Not by `toEqual`, which looks at each byte.
    expect((await bytesOf(backend, "/a.txt"))?.equals(Buffer.alloc(2 * lines, "\r\n"))).toBe(true);
  });
});

describe("a batch", () => {
  it("of 10,000 files, some bad and some twice, is answered in order by few statements", async () => {
    const statements: string[] = [];
    const sql = postgres(database.url, { max: 2, debug: (_, statement) => void statements.push(statement) });
    const backend = new PostgresBackend({ sql, table: "many" });
    await backend.initialize();
    const paths = Array.from({ length: 10_000 }, (_, i) => {
      if (i % 1_000 === 500) return `/bad/../${i}`;
      // Twice: the second one wins.
      return i % 1_000 === 501 ? `/d/${i - 10}.txt` : `/d/${i}.txt`;
    });
    const good = new Map(paths.flatMap((path, i) => (path.includes("..") ? [] : [[path, `${i}`]])));
    const count = async <T>(run: () => Promise<T>) => {
      statements.length = 0;
      const answers = await run();
      return { answers, statements: statements.length };
    };

    const upload = await count(() =>
      backend.uploadFiles(paths.map((path, i) => [path, Buffer.from(`${i}`)])),
    );
    expect(upload.answers).toEqual(
      paths.map((path) =>
        good.has(path)
          ? { path, error: null }
          : { path, error: "invalid_path", message: expect.stringContaining("'..'") },
      ),
    );
    expect(upload.statements).toBe(10);

    const download = await count(() => backend.downloadFiles(paths));
    expect(download.answers.map(({ path }) => path)).toEqual(paths);
    expect(download.answers.map(({ content }) => content && Buffer.from(content).toString())).toEqual(
      paths.map((path) => good.get(path) ?? null),
    );
    expect(download.statements).toBe(10);
    await sql.end();
  });

  it("that is none, or has holes, has an answer for each of its places", async () => {
    const backend = backendOver("holes");
    for (const value of [undefined, null, 7, "/a.txt", {}, new Map(), new Uint8Array(2)]) {
      expect(await backend.uploadFiles(value as never)).toEqual([]);
      expect(await backend.downloadFiles(value as never)).toEqual([]);
    }
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is tried.
    const uploaded = await backend.uploadFiles([, ["/a.txt", Buffer.from("x")], ,] as never);
    expect(uploaded.map((answer) => answer?.error)).toEqual(["invalid_path", null, "invalid_path"]);
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is tried.
    const downloaded = await backend.downloadFiles([, "/a.txt", ,] as never);
    expect(downloaded.map((answer) => answer?.error)).toEqual(["invalid_path", null, "invalid_path"]);
  });
});

describe("bytes", () => {
  it("of every kind of array are stored as they were when they were given", async () => {
    const backend = backendOver("arrays");
    class Pixels extends Uint8Array {}
    const shared = new Uint8Array(new SharedArrayBuffer(8), 2, 4);
    const arrays = [
      Buffer.alloc(4),
      Buffer.from("pool"),
      new Pixels(4),
      shared,
      new Uint8Array(9).subarray(2, 6),
    ];
    for (const [i, array] of arrays.entries()) {
      array.set([0xff, 1, 2, 3]);
      const uploading = backend.uploadFiles([[`/${i}.png`, array]]);
      array.fill(9);
      expect(await uploading).toEqual([{ path: `/${i}.png`, error: null }]);
      expect(await bytesOf(backend, `/${i}.png`)).toEqual(Buffer.from([0xff, 1, 2, 3]));
    }
  });

  it("that are none are refused, and the other files of their batch are stored", async () => {
    const backend = backendOver("no_bytes");
    const wrong = [
      "text",
      undefined,
      null,
      7,
      [1, 2],
      new ArrayBuffer(2),
      new DataView(new ArrayBuffer(2)),
      new Uint16Array(2),
      Object.create(Uint8Array.prototype),
    ];
    const files = wrong.map((bytes, i) => [`/${i}.txt`, bytes] as [string, Uint8Array]);
    const answers = await backend.uploadFiles([...files, ["/good.txt", Buffer.from("x")]]);
    expect(answers.map(({ error }) => error)).toEqual([...wrong.map(() => "invalid_path"), null]);
    expect((await backend.ls("/")).files?.map(({ path }) => path)).toEqual(["/good.txt"]);
  });
});

describe("an argument of the wrong type", () => {
  const STRANGE: unknown[] = [
    undefined,
    null,
    7,
    Number.NaN,
    10n,
    true,
    Symbol("s"),
    {},
    ["/a.txt"],
    new Array(1),
    () => "/a.txt",
    new String("/a.txt"),
    new Uint8Array(2),
    Object.create(null),
    {
      toString() {
        throw new Error("no text");
      },
    },
  ];
  /** Arguments that are right, and change nothing. */
  const RIGHT: Record<string, unknown[]> = {
    ls: ["/"],
    read: ["/a.txt", 0, 10],
    readRaw: ["/a.txt"],
    write: ["/a.txt", "x"],
    edit: ["/a.txt", "needle", "needle", false],
    grep: ["needle", "/", "*", 5],
    glob: ["*", "/"],
    delete: ["/missing.txt"],
  };

  it.each(Object.keys(RIGHT))("to %s is answered, and changes nothing", async (method) => {
    const backend = backendOver("types");
    await backend.write("/a.txt", "needle");
    const before = await snapshot("types");
    const calls = backend as never as Record<string, (...values: unknown[]) => Promise<{ error?: string }>>;
    for (const [place] of RIGHT[method]!.entries()) {
      for (const value of STRANGE) {
        const answer = await calls[method]!.apply(backend, RIGHT[method]!.with(place, value));
        expect(answer.error ?? "").not.toMatch(/unexpectedly|SQLSTATE/);
        if (answer.error !== undefined) expect(answer).toEqual({ error: expect.stringMatching(/./) });
      }
    }
    expect(await snapshot("types")).toEqual(before);
  });

  it("in a batch is `invalid_path`, and the other files of its batch are served", async () => {
    const backend = backendOver("types");
    const bytes = Buffer.from("x");
    const pairs = STRANGE.map((path) => [path, bytes]);
    for (const batch of [STRANGE.filter((pair) => !Array.isArray(pair)), pairs]) {
      const answers = await backend.uploadFiles([...batch, ["/b.txt", bytes]] as never);
      expect(answers.map(({ error }) => error)).toEqual([...batch.map(() => "invalid_path"), null]);
    }
    const answers = await backend.downloadFiles([...STRANGE, "/b.txt"] as never);
    expect(answers.map(({ error }) => error)).toEqual([...STRANGE.map(() => "invalid_path"), null]);
  });
});

describe("a relation of the table's name that is no table", () => {
  it.each([
    ["a materialized view", "CREATE MATERIALIZED VIEW $ AS SELECT 'x' AS path"],
    ["a sequence", "CREATE SEQUENCE $"],
    ["an index", "CREATE TABLE indexed_$ (id int); CREATE INDEX $ ON indexed_$ (id)"],
    ["a composite type", "CREATE TYPE $ AS (path text)"],
  ])("%s is refused by name, by every method", async (kind, statements) => {
    const table = kind.replaceAll(" ", "_");
    await database.sql.unsafe(statements.replaceAll("$", table));
    const backend = backendOver(table);
    await expect(backend.initialize()).rejects.toMatchObject({
      code: "unfit",
      message: expect.stringContaining("not an ordinary table"),
    });
    for (const said of Object.values(await refusals(backend, "/a.txt"))) {
      expect(said).toContain("not an ordinary table");
    }
  });

  it("a type of that name is an error, too", async () => {
    await database.sql`CREATE TYPE an_enum AS ENUM ('a')`;
    await expect(backendOver("an_enum").initialize()).rejects.toMatchObject({ code: "unfit" });
    await refusals(backendOver("an_enum"), "/a.txt");
  });
});

describe("rows of other programs", () => {
  it("of any shape among 1,000 do no harm to the others", async () => {
    const [backend, generic] = bothWays("foreign_rows") as [RemoteBackend, RemoteBackend];
    const names = Array.from({ length: 1_000 }, (_, i) => `f${String(i).padStart(4, "0")}.txt`);
    await backend.uploadFiles(names.map((name) => [`/${name}`, Buffer.from("needle")]));
    const contents = ['"needle"', "7", "true", "null", "[]", "{}", `{"content": {"needle": 1}}`].concat(
      ["7", "null", `["needle", 2]`, `[["needle"]]`, `[null]`].map((content) => `{"content": ${content}}`),
    );
    for (const content of contents) {
      await database.sql`
        UPDATE foreign_rows SET content = ${content}::text::jsonb, modified_at = now() WHERE path = 'f0500.txt'`;
      for (const way of [backend, generic]) {
        expect((await way.ls("/")).files).toHaveLength(1_000);
        expect((await way.glob("*.txt")).files).toHaveLength(1_000);
        const { matches } = await way.grep("needle");
        expect(matches?.map(({ path }) => path.slice(1))).toEqual(names.toSpliced(500, 1));
        const answers = await way.downloadFiles(names.map((name) => `/${name}`));
        expect(answers.filter(({ error }) => error)).toEqual([
          {
            path: "/f0500.txt",
            content: null,
            error: "permission_denied",
            message: expect.stringContaining("not a file"),
          },
        ]);
        expect(await way.read("/f0500.txt")).toEqual({ error: expect.stringContaining("not a file") });
        expect(await way.edit("/f0500.txt", "needle", "x")).toEqual({
          error: expect.stringContaining("not a file"),
        });
      }
    }
  });

  it("may have infinite times, whatever the DateStyle", async () => {
    const sql = postgres(database.url, { max: 1, connection: { DateStyle: "SQL, DMY" } });
    const backend = new PostgresBackend({ sql, table: "times" });
    await backend.uploadFiles(["a", "b", "c"].map((name) => [`/${name}.txt`, Buffer.from("x")]));
    await sql`
      UPDATE times SET created_at = '-infinity', modified_at = '-infinity', ours_at = '-infinity' WHERE path = 'a.txt'`;
    await sql`UPDATE times SET created_at = 'infinity', modified_at = 'infinity' WHERE path = 'b.txt'`;
    expect((await sql`SELECT now()::text AS now`)[0]?.now).toMatch(/^\d\d\/\d\d\/\d{4} /);
    const { files = [] } = await backend.ls("/");
    expect(files.map(({ modified_at }) => modified_at !== undefined)).toEqual([false, false, true]);
    expect(Math.abs(Date.now() - Date.parse(files[2]!.modified_at!))).toBeLessThan(600_000);
    for (const name of ["a", "b", "c"]) {
      expect((await backend.readRaw(`/${name}.txt`)).data).toMatchObject({
        content: "x",
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
      });
      expect(await backend.edit(`/${name}.txt`, "x", "y")).toMatchObject({ occurrences: 1 });
    }
    await sql.end();
  });
});

describe("a database that is not UTF8", () => {
  it.each(["LATIN1", "SQL_ASCII"])("is refused, which encoding it has is told: %s", async (encoding) => {
    const name = `${new URL(database.url).pathname.slice(1)}_${encoding.toLowerCase()}`;
    await database.sql.unsafe(
      `CREATE DATABASE ${name} ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
    );
    try {
      const backend = database.backend({ url: alter(database.url, { database: name }) });
      const reason = `The database's encoding is ${encoding}; it must be UTF8.`;
      await expect(backend.initialize()).rejects.toMatchObject({ code: "unfit", message: reason });
      for (const said of Object.values(await refusals(backend, "/a.txt"))) expect(said).toContain(reason);
      await backend.close();
    } finally {
      await database.sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
    }
  });
});

describe("what is wrong with the connection", () => {
  const changed = (changes: Record<string, string | number>) => () => alter(database.url, changes);

  it.each([
    ["the password", changed({ password: "hunter2" }), "unfit", "refused the user name or the password"],
    ["the user", changed({ user: "nobody" }), "unfit", "refused the user name or the password"],
    ["the database", changed({ database: "nowhere" }), "unfit", "no database of that name"],
    [
      "the host's name",
      () => Object.assign(new URL(database.url), { hostname: "nonexistent.invalid" }).href,
      "unavailable",
      "cannot be reached: its host name",
    ],
  ])("is told by initialize() and in the answer of every method: %s", async (_, url, code, reason) => {
    const backend = database.backend({ url: url(), operationTimeoutMs: 1_000 });
    await expect(backend.initialize()).rejects.toMatchObject({
      code,
      message: expect.stringContaining(reason),
    });
    for (const said of Object.values(await refusals(backend, "/a.txt"))) expect(said).toContain(reason);
    await backend.close();
  });

  it("is told in the answer of every method: a port that is not PostgreSQL's", async () => {
    const server = createServer((socket) => socket.resume().end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const backend = database.backend({ url: changed({ port })() });
    for (const said of Object.values(await refusals(backend, "/a.txt"))) {
      expect(said).toContain("does not speak PostgreSQL");
    }
    await backend.close();
    await new Promise((resolve) => server.close(resolve));
  });
});
