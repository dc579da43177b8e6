import { describe, expect, it } from "@jest/globals";
import { BoundedMap } from "../../src/adapter.js";

describe("BoundedMap", () => {
  it("drops the entry that was set the longest time ago", () => {
    const map = new BoundedMap<string, number>(2);
    map.set("a", 1).set("b", 2).set("a", 3).set("c", 4);
    expect([...map]).toEqual([
      ["a", 3],
      ["c", 4],
    ]);
  });
});
