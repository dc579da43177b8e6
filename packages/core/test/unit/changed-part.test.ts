import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { changedPart } from "../../src/text/changed-part.js";

const utf8 = (text: string) => Buffer.from(text);
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `line ${i}\n`).join("");

async function partOf(before: string, after: string, context = 3, size = 4) {
  const part = await changedPart(utf8(before), utf8(after), context, {}, size);
  return part && { before: String(part.before), after: String(part.after), line: part.line };
}

describe("changedPart", () => {
  it("is undefined for equal texts", async () => {
    expect(await partOf("", "")).toBeUndefined();
    expect(await partOf("one\ntwo", "one\ntwo")).toBeUndefined();
  });

  it("cuts a change out of a large text, with its context", async () => {
    const text = numbered(100_000);
    expect(await partOf(text, text.replace("line 50000\n", "new\n"), 1, 1_024)).toEqual({
      before: "line 49999\nline 50000\nline 50001\n",
      after: "line 49999\nnew\nline 50001\n",
      line: 49_999,
    });
  });

  it("reaches to both ends where the context does", async () => {
    expect(await partOf("a\nb\nc\n", "a\nx\nc\n")).toEqual({
      before: "a\nb\nc\n",
      after: "a\nx\nc\n",
      line: 0,
    });
    expect(await partOf("a\nb", "a\nb\n")).toEqual({ before: "a\nb", after: "a\nb\n", line: 0 });
    expect(await partOf("", "a\n")).toEqual({ before: "", after: "a\n", line: 0 });
  });

  it("does not count an end twice when it could belong to both", async () => {
    const same = "x\n".repeat(50);
    expect(await partOf(same, `${same}x\n`, 1)).toEqual({ before: "x\n", after: "x\nx\n", line: 49 });
    expect(await partOf(`${same}x\n`, same, 1)).toEqual({ before: "x\nx\n", after: "x\n", line: 49 });
  });

  it("leaves equal whole lines around any change", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "\n", "é", "ê"), maxLength: 12 });
    const number = fc.integer({ min: 0, max: 4 });
    await fc.assert(
      fc.asyncProperty(text, text, text, text, number, number, async (start, a, b, end, context, size) => {
        const [before, after] = [start + a + end, start + b + end];
        const part = await partOf(before, after, context, size + 1);
        if (!part) return expect(before).toBe(after);
        const prefix = before
          .split(/(?<=\n)/)
          .slice(0, part.line)
          .join("");
        const suffix = before.slice(prefix.length + part.before.length);
        expect(prefix + part.before + suffix).toBe(before);
        expect(prefix + part.after + suffix).toBe(after);
        expect(suffix === "" || part.before.endsWith("\n") || part.before === "").toBe(true);
      }),
      { seed: 1, numRuns: 5_000 },
    );
  });
});
