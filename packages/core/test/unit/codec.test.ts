import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { decodeContent, decodeEnvelope, encodeEnvelope, toLineArray } from "../../src/content/codec.js";

const times = {
  createdAt: new Date("2026-11-22T12:00:00.000Z"),
  modifiedAt: new Date("2026-11-22T12:30:00.000Z"),
};

describe("envelope", () => {
  it("has the form that the Python package reads", () => {
    expect(JSON.parse(encodeEnvelope({ ...times, content: "a\nb\n", extra: { owner: "x" } }))).toEqual({
      owner: "x",
      content: ["a", "b", ""],
      created_at: "2026-11-22T12:00:00.000Z",
      modified_at: "2026-11-22T12:30:00.000Z",
    });
  });

  it("round-trips every text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (content) => {
        fc.pre(content.isWellFormed());
        expect(decodeEnvelope(encodeEnvelope({ ...times, content, extra: {} }))).toEqual({
          ...times,
          content,
          extra: {},
        });
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it("reads Python's times, deepagents' strings and bytes", () => {
    const python = `{"content": ["x"], "created_at": "2025-01-07T12:00:00.123456+00:00", "modified_at": "2025-01-07T13:00:00+01:00"}`;
    expect(decodeEnvelope(python)).toMatchObject({
      content: "x",
      createdAt: new Date("2025-01-07T12:00:00.123Z"),
      modifiedAt: new Date("2025-01-07T12:00:00.000Z"),
    });
    const v2 = { created_at: times.createdAt, modified_at: times.modifiedAt };
    expect(decodeEnvelope(JSON.stringify({ ...v2, content: "x\n", mimeType: "text/plain" }))).toMatchObject({
      content: "x\n",
      extra: { mimeType: "text/plain" },
    });
    expect(decodeEnvelope(JSON.stringify({ ...v2, content: "/w==", encoding: "base64" }))?.content).toEqual(
      new Uint8Array([255]),
    );
  });

  it.each([
    "",
    "{",
    "[]",
    "null",
    `"x"`,
    "{}",
    `{"content": ["x"]}`,
    `{"content": ["x", 1], "created_at": "2025-01-07T12:00:00Z", "modified_at": "2025-01-07T12:00:00Z"}`,
    `{"content": {"a": 1}, "created_at": "2025-01-07T12:00:00Z", "modified_at": "2025-01-07T12:00:00Z"}`,
    `{"content": ["x"], "created_at": "yesterday", "modified_at": "2025-01-07T12:00:00Z"}`,
    `{"content": ["x"], "created_at": 1, "modified_at": 2}`,
  ])("leaves other values unchanged: %s", (json) => expect(decodeEnvelope(json)).toBeUndefined());

  it("has no lines for an empty text", () => {
    expect(toLineArray("")).toEqual([]);
    expect(toLineArray("\n")).toEqual(["", ""]);
    expect(decodeContent([])).toBe("");
  });
});
