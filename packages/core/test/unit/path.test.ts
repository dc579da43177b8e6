import { describe, expect, it } from "@jest/globals";
import { isReachable, parsePath } from "../../src/protocol/path.js";

describe("parsePath", () => {
  it.each([
    ["/a/b", "a/b", false],
    ["a/b", "a/b", false],
    ["./a/b", "a/b", false],
    ["//a///b", "a/b", false],
    ["/a/b/", "a/b", true],
    ["/", "", true],
    ["", "", true],
    ["~/x", "~/x", false],
    ["/a..b/...", "a..b/...", false],
    ["/sp ace/%2F+*?[\\'\"", "sp ace/%2F+*?[\\'\"", false],
    ["/é/e\u0301/😀", "é/e\u0301/😀", false],
  ])("accepts %j", (path, relative, directory) => {
    expect(parsePath(path)).toEqual({ relative, directory });
  });

  it.each([
    "/a/./b",
    "/../a",
    "a/..",
    ".",
    "..",
    "././a",
    "/a\nb",
    "/\u0000",
    "/\u007f",
    "/\ud800",
    "/x\udfff.txt",
  ])("refuses %j", (path) =>
    expect(() => parsePath(path)).toThrow(expect.objectContaining({ code: "invalid-path" })),
  );

  it("refuses values that are not strings", () => {
    expect(() => parsePath(undefined)).toThrow("must be a string");
  });
});

describe("isReachable", () => {
  it.each(["a", "a/b", "dir/", "~", "a..b"])("includes %j", (key) => expect(isReachable(key)).toBe(true));
  it.each(["", "/", "a//b", "/a", "a//", "a/./b", "..", "a\u0001", "\ud800"])("skips %j", (key) =>
    expect(isReachable(key)).toBe(false),
  );
});
