import { Readable } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import { readBody } from "../../src/connection/body.js";

const { signal } = new AbortController();
const brokenOff = {
  name: "UnusableAnswer",
  message: "The store stopped sending data before the response was complete.",
};

/** A body that sends this, and ends or falls silent. */
function body(text: string, ends = true): Readable {
  const stream = new Readable({ read() {} });
  stream.push(Buffer.from(text));
  if (ends) stream.push(null);
  return stream;
}

describe("a body", () => {
  it("is read to its end", async () => {
    const limits = { length: 3, maxBytes: 3, silenceMs: 10_000 };
    const chunks = (await readBody(body("abc"), limits, signal)) as Uint8Array[];
    expect(Buffer.concat(chunks).toString()).toBe("abc");
    const unknown = { ...limits, length: undefined };
    expect(await readBody(body(""), unknown, signal)).toEqual([]);
  });

  it("is read into one piece of its length", async () => {
    const limits = { length: 6, maxBytes: 6, silenceMs: 10_000, inOnePiece: true };
    const stream = body("abc", false);
    stream.push(Buffer.from("def"));
    stream.push(null);
    const [chunk, ...more] = (await readBody(stream, limits, signal)) as Uint8Array[];
    expect(more).toEqual([]);
    expect(Buffer.from(chunk!).toString()).toBe("abcdef");
    expect(chunk!.buffer.byteLength).toBe(6);
    await expect(readBody(body("abcde"), limits, signal)).rejects.toMatchObject(brokenOff);
    const longer = { ...limits, length: 2 };
    await expect(readBody(body("abc"), longer, signal)).rejects.toMatchObject(brokenOff);
    const unknown = { ...limits, length: undefined };
    expect(await readBody(body("abc"), unknown, signal)).toHaveLength(1);
  });

  it("that falls silent is given up, and its connection ended", async () => {
    const silent = body("a", false);
    const limits = { length: 3, maxBytes: 3, silenceMs: 20 };
    await expect(readBody(silent, limits, signal)).rejects.toMatchObject(brokenOff);
    expect(silent.destroyed).toBe(true);
  });

  it("is given up when its operation ends, also when that was before", async () => {
    const limits = { length: 3, maxBytes: 3, silenceMs: 10_000 };
    const operation = new AbortController();
    const during = readBody(body("a", false), limits, operation.signal);
    operation.abort();
    await expect(during).rejects.toMatchObject(brokenOff);
    await expect(readBody(body("a", false), limits, operation.signal)).rejects.toMatchObject(brokenOff);
  });

  it("that is shorter than announced is no body", async () => {
    const limits = { length: 3, maxBytes: 3, silenceMs: 10_000 };
    await expect(readBody(body("ab"), limits, signal)).rejects.toMatchObject(brokenOff);
  });

  it("that is too large is not read to its end", async () => {
    const large = body("abcd", false);
    const limits = { length: undefined, maxBytes: 3, silenceMs: 10_000 };
    expect(await readBody(large, limits, signal)).toBe("too-large");
    expect(large.destroyed).toBe(true);
  });
});
