import { describe, expect, it } from "@jest/globals";
import { useDatabase } from "../helpers/database.js";
import { tablesOf } from "../helpers/tables.js";

const tables = tablesOf(useDatabase());

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
  ])("offset %d and limit %d give a window or an error", async (offset, limit, expected) => {
    for (const backend of tables.bothWays("numbers")) {
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
    for (const backend of tables.bothWays("numbers")) {
      await backend.uploadFiles([["/a.txt", Buffer.from("1\n2\n3\n")]]);
      const answer = await backend.grep("", "/", null, maxCount);
      expect([answer.matches?.length, answer.truncated]).toEqual([found, truncated]);
    }
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
    const backend = tables.backend("types");
    await backend.write("/a.txt", "needle");
    const before = await tables.stored("types");
    const calls = backend as never as Record<string, (...values: unknown[]) => Promise<{ error?: string }>>;
    for (const [place] of RIGHT[method]!.entries()) {
      for (const value of STRANGE) {
        const answer = await calls[method]!.apply(backend, RIGHT[method]!.with(place, value));
        expect(answer.error ?? "").not.toMatch(/unexpectedly|SQLSTATE/);
        if (answer.error !== undefined) expect(answer).toEqual({ error: expect.stringMatching(/./) });
      }
    }
    expect(await tables.stored("types")).toEqual(before);
  });

  it("in a batch is `invalid_path`, and the other files of its batch are served", async () => {
    const backend = tables.backend("types");
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
