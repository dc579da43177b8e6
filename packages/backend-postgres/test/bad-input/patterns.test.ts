import { describe, expect, it } from "@jest/globals";
import { useDatabase } from "../helpers/database.js";
import { tablesOf } from "../helpers/tables.js";

const tables = tablesOf(useDatabase());

describe("a glob", () => {
  const name = "a".repeat(250);

  it("of 13 stars is matched in linear time", async () => {
    for (const backend of tables.bothWays("stars")) {
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
      const backend = tables.backend("brackets");
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
    const backend = tables.backend("stars");
    expect(await backend.glob(pattern as string)).toEqual({ error: expect.stringContaining(reason) });
    // `grep` may be called without a glob.
    if (pattern === undefined) return;
    expect(await backend.grep("x", "/", pattern as string)).toEqual({
      error: expect.stringContaining(reason),
    });
  });
});

describe("a grep pattern", () => {
  it("that is empty matches every line, and one with a newline matches none", async () => {
    for (const backend of tables.bothWays("patterns")) {
      await backend.uploadFiles([["/a.txt", Buffer.from("one\n\ntwo\n")]]);
      expect((await backend.grep("")).matches?.map(({ text }) => text)).toEqual(["one", "", "two"]);
      expect(await backend.grep("one\n")).toEqual({ matches: [] });
      expect(await backend.grep("\n")).toEqual({ matches: [] });
    }
  });

  it.each([[undefined], [null], [7], [["x"]], [{}]])("of %j is refused", async (pattern) => {
    expect(await tables.backend("patterns").grep(pattern as string)).toEqual({
      error: expect.stringContaining("The pattern must be a string"),
    });
  });
});
