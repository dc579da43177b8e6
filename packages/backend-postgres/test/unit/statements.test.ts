import { describe, expect, it } from "@jest/globals";
import { groupChanges } from "../../src/operations/groups.js";
import { quoteIdentifier, tableNames } from "../../src/rows/table.js";

const change = (
  key: string,
  condition: "overwrite" | "create" = "overwrite",
  content: string | Uint8Array = "",
) => ({ key, id: "id", condition, content });
const keys = (...changes: ReturnType<typeof change>[]) =>
  groupChanges(changes).map((group) => group.map(({ key }) => key));

describe("groupChanges", () => {
  it("groups changes into statements, in order", () => {
    expect(keys(change("a"), change("b"), change("\uffe3"), change("😀"))).toEqual([
      ["a", "b", "\uffe3", "😀"],
    ]);
  });

  it("separates a file from its descendants", () => {
    expect(keys(change("a"), change("a-b"), change("a/b"), change("a/b/c"))).toEqual([
      ["a", "a-b"],
      ["a/b"],
      ["a/b/c"],
    ]);
  });

  it("separates conditions", () => {
    expect(keys(change("a"), change("b", "create"), change("c", "create"))).toEqual([["a"], ["b", "c"]]);
  });

  it("bounds a statement by files and by bytes", () => {
    expect(
      keys(...Array.from({ length: 2_001 }, (_, i) => change(`f${i}`))).map((group) => group.length),
    ).toEqual([1_000, 1_000, 1]);
    const large = new Uint8Array(9 * 1024 * 1024);
    expect(keys(change("a", "overwrite", large), change("b", "overwrite", large))).toEqual([["a"], ["b"]]);
  });

  it("gives a large file a statement of its own", () => {
    const large = new Uint8Array(1024 * 1024 + 1);
    const changes = ["a", "b", "c", "d"].map((key) => change(key, "overwrite", key === "b" ? large : ""));
    expect(keys(...changes)).toEqual([["a"], ["b"], ["c", "d"]]);
  });
});

describe("names", () => {
  it("of indexes are unique and not truncated by PostgreSQL", () => {
    const names = ["a", "b"].map((end) => tableNames("\u{1f600}".repeat(15) + end, undefined));
    expect(
      new Set(
        names.flatMap(({ prefixIndex, searchIndex, bytesIndex }) => [prefixIndex, searchIndex, bytesIndex]),
      ).size,
    ).toBe(6);
    for (const { prefixIndex } of names) expect(Buffer.byteLength(prefixIndex) - 2).toBeLessThanOrEqual(63);
  });

  it("are quoted, never interpreted", () => {
    expect(quoteIdentifier('we"ird; drop')).toBe('"we""ird; drop"');
    expect(tableNames("T", 's"')).toEqual({
      baseName: "T",
      schema: '"s"""',
      name: '"s"""."T"',
      rows: '"s"""."T"',
      prefixIndex: '"idx_T_path_prefix"',
      searchIndex: '"idx_T_search"',
      bytesIndex: '"idx_T_bytes"',
    });
  });
});
