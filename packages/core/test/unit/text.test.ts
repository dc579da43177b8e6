import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { decodeBase64, decodeBase64InSlices } from "../../src/content/base64.js";
import { fromUpload } from "../../src/content/content.js";
import { fromWriteInSlices } from "../../src/content/from-write.js";
import { findLines } from "../../src/text/find-lines.js";
import { countLines, cutLines, normalizeWindow, readResult } from "../../src/text/lines.js";
import { compareCodePoints } from "../../src/text/order.js";
import { replaceLiteral } from "../../src/text/replace.js";

const someText = fc.string({ unit: fc.constantFrom("a", "b", "\n", "\r", "\u2028", "é"), maxLength: 30 });

describe("lines", () => {
  it.each([
    ["", 0],
    ["\n", 1],
    ["a", 1],
    ["a\n", 1],
    ["a\nb", 2],
    ["a\n\n", 2],
    ["a\r\f\u2028b", 1],
  ])("counts %j", (text, lines) => expect(countLines(text)).toBe(lines));

  it("cuts the same window as splitting", () => {
    fc.assert(
      fc.property(someText, fc.nat(8), fc.nat(8), (text, offset, limit) => {
        const all = text.split("\n");
        if (all.at(-1) === "") all.pop();
        expect(cutLines(text, offset, limit)).toEqual({
          lines: all.slice(offset, offset + limit),
          total: all.length,
          finalNewline: text.endsWith("\n"),
        });
      }),
      { seed: 2, numRuns: 5_000 },
    );
  });

  it.each([
    [[-1, 5], { offset: 0, limit: 5 }],
    [[1.9, 2.9], { offset: 1, limit: 2 }],
    [[Number.NaN, Number.NaN], { offset: 0, limit: 0 }],
    [[0, Number.POSITIVE_INFINITY], { offset: 0, limit: Number.POSITIVE_INFINITY }],
  ] as const)("normalizes %j", ([offset, limit], expected) => {
    expect(normalizeWindow(offset, limit)).toEqual(expected);
  });

  const read = (text: string, offset: number, limit: number) => {
    const { lines, ...window } = cutLines(text, offset, limit);
    return readResult({ ...window, content: lines.join("\n") }, offset, limit, "text/plain");
  };

  it("includes the final newline only in a window that reaches past the last line", () => {
    expect(read("a\nb\n", 0, 2).content).toBe("a\nb");
    expect(read("a\nb\n", 0, 3).content).toBe("a\nb\n");
    expect(read("a\nb", 0, 3).content).toBe("a\nb");
  });

  it("reports the position of the window", () => {
    expect(read("a\nb\nc\n", 1, 1)).toEqual({
      content: "b",
      mimeType: "text/plain",
      totalLines: 3,
      startLine: 2,
      endLine: 2,
      nextOffset: 2,
    });
    expect(read("a\nb\nc\n", 2, 5)).not.toHaveProperty("nextOffset");
  });

  it("refuses an offset past the end", () => {
    expect(read("a\n", 1, 1)).toEqual({ error: "Line offset 1 exceeds file length (1 lines)" });
  });
});

describe("replaceLiteral", () => {
  it("treats everything literally", () => {
    expect(replaceLiteral("a.b", "a.b", "$&$1$$", false)).toEqual({ text: "$&$1$$", occurrences: 1 });
  });

  it("counts non-overlapping occurrences", () => {
    expect(replaceLiteral("aaaa", "aa", "b", true)).toEqual({ text: "bb", occurrences: 2 });
  });

  it("agrees with splitting", () => {
    fc.assert(
      fc.property(
        someText,
        someText.filter((s) => s !== ""),
        someText,
        (text, search, replacement) => {
          const parts = text.split(search);
          const expected =
            parts.length === 1
              ? { error: expect.stringContaining("not found") }
              : { text: parts.join(replacement), occurrences: parts.length - 1 };
          expect(replaceLiteral(text, search, replacement, true)).toEqual(expected);
        },
      ),
      { seed: 3, numRuns: 5_000 },
    );
  });
});

describe("findLines", () => {
  it("agrees with a search of each line", () => {
    fc.assert(
      fc.property(
        someText,
        fc.string({ unit: fc.constantFrom("a", "b", "\n"), maxLength: 2 }),
        (text, literal) => {
          const lines = text.split("\n");
          if (lines.at(-1) === "") lines.pop();
          const expected = literal.includes("\n")
            ? []
            : lines.flatMap((line, i) => (line.includes(literal) ? [{ line: i + 1, text: line }] : []));
          expect([...findLines(text, literal)]).toEqual(expected);
        },
      ),
      { seed: 4, numRuns: 5_000 },
    );
  });
});

describe("compareCodePoints", () => {
  it("is the order of UTF-8 bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        fc.pre(a.isWellFormed() && b.isWellFormed());
        expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { seed: 5, numRuns: 5_000 },
    );
    expect(["\uffe3", "😀"].sort()).toEqual(["😀", "\uffe3"]);
    expect(["😀", "\uffe3"].sort(compareCodePoints)).toEqual(["\uffe3", "😀"]);
  });
});

describe("text or binary", () => {
  const bytes = (...values: number[]) => new Uint8Array(values);

  it.each([
    ["/a.txt", bytes(65, 0), "A\0"],
    ["/a", bytes(65), "A"],
    ["/a", bytes(65, 0), bytes(65, 0)],
    ["/a.unknown", bytes(65, 0), bytes(65, 0)],
    ["/a.txt", bytes(0xff), bytes(0xff)],
    ["/a.png", bytes(65), bytes(65)],
    ["/a.svg", bytes(65), "A"],
    ["/a.txt", bytes(0xef, 0xbb, 0xbf, 65), "\ufeffA"],
  ])("uploads %s %j as %j", (path, uploaded, stored) => expect(fromUpload(path, uploaded)).toEqual(stored));

  it("writes text well-formed and base64 under a binary name", async () => {
    expect(await fromWriteInSlices("/a", "x\ud800\0")).toBe("x\ufffd\0");
    expect(await fromWriteInSlices("/a.PNG", "iVBO\n Rw0=")).toEqual(
      new Uint8Array(Buffer.from("iVBORw0=", "base64")),
    );
    expect(await fromWriteInSlices("/a.png", "a picture of a cat")).toBeUndefined();
  });

  it.each(["", "QQ==", "data:image/png;base64,QQ==", " Q Q = = "])("decodes %j", (text) =>
    expect(decodeBase64(text)).toEqual(text === "" ? bytes() : bytes(65)),
  );
  it.each(["Q", "QQ", "Q===", "QQ=", "QR==", "data:text/plain,QQ==", "Q-_Q", "QQ==QQ=="])(
    "refuses %j",
    (text) => expect(decodeBase64(text)).toBeUndefined(),
  );

  it("decodes base64 in slices as in one go", async () => {
    const digits = fc.array(
      fc.constantFrom("Q", "QUJD", "QQ==", "QUI=", "=", " ", "\n", "-", "data:a;base64,"),
      {
        maxLength: 8,
      },
    );
    await fc.assert(
      fc.asyncProperty(digits, fc.integer({ min: 1, max: 6 }), async (parts, size) => {
        const text = parts.join("");
        expect(await decodeBase64InSlices(text, {}, size)).toEqual(decodeBase64(text));
      }),
      { seed: 1, numRuns: 5_000 },
    );
  });
});
