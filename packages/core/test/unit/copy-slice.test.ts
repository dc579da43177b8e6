import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "@jest/globals";
import { takeLines } from "../../src/text/find-lines.js";
import { cutLines } from "../../src/text/lines.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** 2 MB, with one line like no other. */
const text = (i: number) =>
  Buffer.from(`${`${"x".repeat(99)}\n`.repeat(20_000)}the line number ${i} of its kind\n`).toString();

describe("a part of a text", () => {
  it.each<[string, (text: string) => string]>([
    ["that was found", (whole) => takeLines(whole, "kind", 1)[0]!.text],
    ["that was read", (whole) => cutLines(whole, 20_000, 1).lines[0]!],
  ])("%s does not keep the whole text in memory", (_, part) => {
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    const parts = Array.from({ length: 20 }, (_, i) => part(text(i)));
    collectGarbage();
    expect((process.memoryUsage().heapUsed - before) / 2 ** 20).toBeLessThan(10);
    expect(parts[19]).toBe("the line number 19 of its kind");
  });
});
