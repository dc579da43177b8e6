import { describe, expect, it } from "@jest/globals";
import postgres from "postgres";
import { PostgresBackend } from "../../src/index.js";
import { useDatabase } from "../helpers/database.js";
import { tablesOf } from "../helpers/tables.js";

const database = useDatabase();
const tables = tablesOf(database);

describe("a batch", () => {
  it("of 10,000 files, some invalid and some duplicate, is answered in order by few statements", async () => {
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

  it("that is no array or has holes has an answer for each of its elements", async () => {
    const backend = tables.backend("holes");
    for (const value of [undefined, null, 7, "/a.txt", {}, new Map(), new Uint8Array(2)]) {
      expect(await backend.uploadFiles(value as never)).toMatchObject([{ error: "invalid_path" }]);
      expect(await backend.downloadFiles(value as never)).toMatchObject([{ error: "invalid_path" }]);
    }
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is tried.
    const uploaded = await backend.uploadFiles([, ["/a.txt", Buffer.from("x")], ,] as never);
    expect(uploaded.map((answer) => answer?.error)).toEqual(["invalid_path", null, "invalid_path"]);
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is tried.
    const downloaded = await backend.downloadFiles([, "/a.txt", ,] as never);
    expect(downloaded.map((answer) => answer?.error)).toEqual(["invalid_path", null, "invalid_path"]);
  });
});
