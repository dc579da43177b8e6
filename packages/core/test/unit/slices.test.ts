import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { decodeEnvelope, encodeEnvelope } from "../../src/content/codec.js";
import { decodeUtf8, toBytes } from "../../src/content/content.js";
import {
  BytesSink,
  decodeEnvelopeSlices,
  decodeLinesSlices,
  encodeEnvelopeInSlices,
  encodeLinesInSlices,
} from "../../src/content/envelope-slices.js";
import { nextTurn } from "../../src/support/pace.js";
import { takeLines, takeLinesInSlices } from "../../src/text/find-lines.js";
import { cutLines, cutTextInSlices } from "../../src/text/lines.js";
import { replaceLiteral } from "../../src/text/replace.js";
import { replaceInUtf8 } from "../../src/text/replace-slices.js";
import { textSlices, utf8Slices } from "../../src/text/slices.js";
import {
  decodeUtf8InSlices,
  decodeUtf8Slices,
  encodeInSlices,
  joinChunks,
  joinUtf8,
} from "../../src/text/utf8.js";

const times = {
  createdAt: new Date("2026-11-22T12:00:00.000Z"),
  modifiedAt: new Date("2026-11-22T12:30:00.000Z"),
};
const runs = { seed: 1, numRuns: 500 };

/** Characters of every length, and all that JSON escapes. */
const character = fc.constantFrom(
  "a",
  "b",
  "\n",
  '"',
  "\\",
  "é",
  "\u2028",
  "„",
  "😀",
  "\0",
  "\r",
  "]",
  "[",
  ",",
  " ",
);
const text = fc.array(character, { maxLength: 40 }).map((characters) => characters.join(""));
const size = fc.integer({ min: 1, max: 9 });
/** Any JSON that may surround a content. */
const extra = fc.dictionary(
  fc.constantFrom("owner", "contents", "a", "1", "tags", "\\content"),
  fc.jsonValue({ maxDepth: 2 }),
);

describe("texts and bytes in slices", () => {
  it("equal those of the whole", async () => {
    await fc.assert(
      fc.asyncProperty(text, size, async (text, size) => {
        const bytes = toBytes(text);
        expect([...textSlices(text, size)].join("")).toBe(text);
        expect([...textSlices(text, size)].every((slice) => slice.isWellFormed())).toBe(true);
        expect(Buffer.concat([...utf8Slices(bytes, size + 3)])).toEqual(Buffer.from(bytes));
        expect(await encodeInSlices(text, {}, size)).toEqual(bytes);
        expect(await decodeUtf8InSlices(bytes, {}, size + 3)).toBe(text);
      }),
      runs,
    );
  });

  it("decode chunks split at any byte", async () => {
    await fc.assert(
      fc.asyncProperty(text, size, size, async (text, cut, size) => {
        const bytes = toBytes(text);
        const chunks = Array.from({ length: Math.ceil(bytes.length / cut) }, (_, i) =>
          bytes.slice(i * cut, (i + 1) * cut),
        );
        expect(await decodeUtf8Slices(joinUtf8(chunks, size + 3))).toBe(text);
      }),
      runs,
    );
  });

  it("are joined in memory of their own; a single chunk that owns its memory is not copied", () => {
    const memory = Uint8Array.from([1, 2, 3, 4]);
    expect(joinChunks([memory])).toBe(memory);
    const part = joinChunks([memory.subarray(1, 3)]);
    expect([...part]).toEqual([2, 3]);
    expect(part.buffer.byteLength).toBe(2);
    expect([...joinChunks([memory.subarray(0, 3), memory.subarray(3)])]).toEqual([1, 2, 3, 4]);
    expect([...joinChunks([])]).toEqual([]);
  });

  it("find all invalid UTF-8", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 20 }), size, async (bytes, size) => {
        const whole = decodeUtf8(bytes);
        expect(await decodeUtf8InSlices(bytes, {}, size + 3)).toBe(whole);
        expect(await decodeUtf8Slices(joinUtf8([bytes.slice(0, size), bytes.slice(size)], size + 3))).toBe(
          whole,
        );
      }),
      { ...runs, numRuns: 3_000 },
    );
  });
});

describe("an envelope in slices", () => {
  it("is encoded and decoded as in one piece", async () => {
    await fc.assert(
      fc.asyncProperty(text, extra, size, async (content, extra, size) => {
        const file = { ...times, content, extra };
        const whole = Buffer.from(encodeEnvelope(file));
        expect(Buffer.from((await encodeEnvelopeInSlices(file, {}, size))!)).toEqual(whole);
        const utf8 = { ...file, content: toBytes(content) };
        expect(Buffer.from((await encodeEnvelopeInSlices(utf8, {}, size + 3))!)).toEqual(whole);
        expect(await decodeEnvelopeSlices(utf8Slices(whole, size + 3))).toEqual(
          decodeEnvelope(String(whole)),
        );
      }),
      runs,
    );
  });

  it("has the lines that a store keeps without the times", async () => {
    await fc.assert(
      fc.asyncProperty(text, size, async (content, size) => {
        fc.pre(content !== "");
        const json = await encodeLinesInSlices(toBytes(content), {}, size + 3);
        expect(JSON.parse(String(Buffer.from(json)))).toEqual({ content: content.split("\n") });
        expect(await decodeLinesSlices(utf8Slices(json, size + 3))).toMatchObject({ content });
      }),
      runs,
    );
  });

  /** The layouts of other writers: indented, with spaces, ASCII only, keys in another order. */
  const writers: ((value: Record<string, unknown>) => string)[] = [
    (value) => JSON.stringify(value, null, 2),
    (value) => JSON.stringify(value, null, 1).replace(/\n\s*/g, " "),
    (value) =>
      JSON.stringify(value).replace(
        /[\u007f-\uffff]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
      ),
    (value) => JSON.stringify(Object.fromEntries(Object.entries(value).reverse())),
  ];

  it("of any writer is decoded as in one piece", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(text, fc.constantFrom("\ud800", "\udc00x")), { maxLength: 6 }),
        extra,
        size,
        fc.constantFrom(...writers),
        async (lines, extra, size, write) => {
          const stored = { ...extra, content: lines, created_at: "2025-01-07T12:00:00.123456+00:00" };
          const json = write({ ...stored, modified_at: "2025-01-07T12:00:00+00:00", z: { content: ["x"] } });
          const slices = () => utf8Slices(toBytes(json), size + 3);
          const whole = decodeEnvelope(json)!;
          const chunks = utf8Slices(toBytes(json), 3);
          expect(await decodeEnvelopeSlices(joinUtf8(chunks, size + 3))).toEqual(whole);
          expect(await decodeEnvelopeSlices(slices())).toEqual(whole);
          expect(await decodeEnvelopeSlices(slices(), {}, new BytesSink(toBytes(json).length))).toEqual({
            ...whole,
            content: toBytes(whole.content),
          });
        },
      ),
      runs,
    );
  });

  it("that is damaged is refused, or decoded as in one piece", async () => {
    const json = encodeEnvelope({ ...times, content: 'a\nb"\\\n„é😀\n', extra: { x: [1, "y"] } });
    const damage = fc.tuple(
      fc.nat(json.length - 1),
      fc.nat(3),
      fc.constantFrom("", '"', ",", "[", "]", "1", "\\", "\n", '"content":["z"],'),
    );
    await fc.assert(
      fc.asyncProperty(damage, size, async ([at, gone, put], size) => {
        const damaged = json.slice(0, at) + put + json.slice(at + gone);
        const whole = decodeEnvelope(damaged.toWellFormed());
        const slices = utf8Slices(toBytes(damaged.toWellFormed()), size + 3);
        const sliced = await decodeEnvelopeSlices(slices);
        if (sliced !== undefined) expect(sliced).toEqual(whole);
      }),
      { ...runs, numRuns: 3_000 },
    );
  });

  it.each([
    `{"content": "x", "created_at": "2025-01-07T12:00:00Z", "modified_at": "2025-01-07T12:00:00Z"}`,
    `{"content": ["x", 1], "created_at": "2025-01-07T12:00:00Z", "modified_at": "2025-01-07T12:00:00Z"}`,
    `{"content": ["x"], "content": ["y"], "created_at": "2025-01-07T12:00:00Z", "modified_at": "2025-01-07T12:00:00Z"}`,
    `{"content": ["x"], "created_at": "2025-01-07T12:00:00Z"}`,
    `{"content": ["x"`,
    `[{"content": ["x"]}]`,
    "",
  ])("leaves other forms to be decoded in one piece: %s", async (json) => {
    expect(await decodeEnvelopeSlices(utf8Slices(toBytes(json), 4))).toBeUndefined();
  });
});

describe("a replacement in slices", () => {
  it("equals that of the whole text", async () => {
    const short = fc
      .array(fc.constantFrom("a", "b", "\n", "😀", "é"), { maxLength: 3 })
      .map((all) => all.join(""));
    const long = fc
      .array(fc.constantFrom("a", "b", "\n", "😀", "é"), { maxLength: 40 })
      .map((all) => all.join(""));
    await fc.assert(
      fc.asyncProperty(
        ...[long, short, short, fc.boolean(), fc.option(fc.nat(60), { nil: undefined }), size],
        async (text, search, replacement, all, maxBytes, size) => {
          fc.pre(text !== "" || search !== "");
          const whole = replaceLiteral(text, search, replacement, all, maxBytes);
          expect(
            await replaceInUtf8(toBytes(text), search, replacement, all, maxBytes, {}, size + 3),
          ).toEqual("text" in whole ? { ...whole, text: toBytes(whole.text) } : whole);
        },
      ),
      { ...runs, numRuns: 5_000 },
    );
  });
});

describe("lines in slices", () => {
  const lines = fc
    .array(fc.constantFrom("a", "b", "\n", "\n", "😀"), { maxLength: 40 })
    .map((all) => all.join(""));
  const number = fc.oneof(fc.nat(12), fc.constant(Number.POSITIVE_INFINITY));

  it("are cut as in the whole text", async () => {
    await fc.assert(
      fc.asyncProperty(lines, fc.nat(12), number, size, async (text, offset, limit, size) => {
        const { lines, ...window } = cutLines(text, offset, limit);
        const whole = { ...window, content: lines.join("\n") };
        expect(await cutTextInSlices(text, offset, limit, {}, size)).toEqual(whole);
        expect(await cutTextInSlices(toBytes(text), offset, limit, {}, size + 3)).toEqual(whole);
      }),
      { ...runs, numRuns: 5_000 },
    );
  });

  it("are found as in the whole text", async () => {
    const literal = fc.constantFrom("", "a", "ab", "😀", "\n");
    await fc.assert(
      fc.asyncProperty(lines, literal, number, size, async (text, literal, limit, size) => {
        const whole = takeLines(text, literal, limit);
        expect(await takeLinesInSlices(text, literal, limit, {}, size)).toEqual(whole);
        expect(await takeLinesInSlices(toBytes(text), literal, limit, {}, size + 3)).toEqual(whole);
      }),
      { ...runs, numRuns: 5_000 },
    );
  });
});

describe("between two slices", () => {
  const large = `${"a line of a text\n".repeat(400)}`;
  const bytes = toBytes(large);
  const envelope = toBytes(encodeEnvelope({ ...times, content: large, extra: {} }));
  const call = { deadline: Number.POSITIVE_INFINITY };

  it.each<[string, () => Promise<unknown>]>([
    ["decoding", () => decodeUtf8InSlices(bytes, call, 100)],
    ["encoding", () => encodeInSlices(large, call, 100)],
    [
      "encoding an envelope",
      () => encodeEnvelopeInSlices({ ...times, content: large, extra: {} }, call, 100),
    ],
    ["decoding an envelope", () => decodeEnvelopeSlices(utf8Slices(envelope, 100), call)],
    ["cutting lines", () => cutTextInSlices(large, 3, 5, call, 100)],
    ["searching", () => takeLinesInSlices(large, "none", 5, call, 100)],
    ["replacing", () => replaceInUtf8(bytes, "line", "row", true, undefined, call, 100)],
  ])("of %s other work runs", async (_, run) => {
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await run();
    isDone = true;
    expect(turns).toBeGreaterThan(large.length / 200);
  });

  it("an operation that is over ends", async () => {
    await expect(nextTurn({ deadline: performance.now() - 1 })).rejects.toMatchObject({ code: "timeout" });
    await expect(nextTurn({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "timeout" });
    await expect(nextTurn({ deadline: Number.POSITIVE_INFINITY })).resolves.toBeUndefined();
    await expect(nextTurn()).resolves.toBeUndefined();
  });
});
