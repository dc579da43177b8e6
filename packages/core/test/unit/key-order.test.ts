import { describe, expect, it } from "@jest/globals";
import { compareCodePoints, keyAfter, prefixEnd } from "../../src/adapter.js";

describe("keyAfter", () => {
  it.each([
    ["a", ["a ", "a-b", "a/b", "b"]],
    ["a/", ["a0", "b"]],
  ])("sorts after %j and its descendants, and before the next key", (key, following) => {
    const after = keyAfter(key);
    for (const other of [key, ...(key.endsWith("/") ? [`${key}~`, `${key}\u{10ffff}`] : [])]) {
      expect(compareCodePoints(other, after)).toBeLessThan(0);
    }
    for (const other of following) expect(compareCodePoints(after, other)).toBeLessThanOrEqual(0);
  });
});

describe("prefixEnd", () => {
  it.each([
    ["", undefined],
    ["a/", "a0"],
    ["ab", "ac"],
    ["a\ud7ff", "a\ue000"],
    ["a\u{10ffff}", "b"],
    ["\u{10ffff}", undefined],
  ])("of %j is %j", (prefix, end) => expect(prefixEnd(prefix)).toBe(end));
});
