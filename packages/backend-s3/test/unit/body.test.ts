import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { readBody } from "../../src/connection/body.js";
import { Body } from "../../src/objects/body.js";

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

/** Reads a body to its end. */
async function readAll(...parameters: Parameters<typeof readBody>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readBody(...parameters)) chunks.push(chunk);
  return chunks;
}

describe("a body", () => {
  it("is read completely", async () => {
    const limits = { length: 3, maxBytes: 3, silenceMs: 10_000 };
    expect(Buffer.concat(await readAll(body("abc"), limits, signal)).toString()).toBe("abc");
    const unknown = { ...limits, length: undefined };
    expect(await readAll(body(""), unknown, signal)).toEqual([]);
  });

  it("becomes one array of its length, without a second copy", async () => {
    const limits = { length: 6, maxBytes: 6, silenceMs: 10_000 };
    const stream = body("abc", false);
    stream.push(Buffer.from("def"));
    stream.push(null);
    const bytes = await new Body(readBody(stream, limits, signal), 6).toBytes();
    expect(Buffer.from(bytes).toString()).toBe("abcdef");
    expect(bytes.buffer.byteLength).toBe(6);
    const shorter = new Body(readBody(body("abcde"), limits, signal), 6);
    await expect(shorter.toBytes()).rejects.toMatchObject(brokenOff);
    const longer = new Body(readBody(body("abc"), { ...limits, length: 2 }, signal), 2);
    await expect(longer.toBytes()).rejects.toMatchObject(brokenOff);
    const unknown = new Body(readBody(body("abc"), { ...limits, length: undefined }, signal), undefined);
    expect(Buffer.from(await unknown.toBytes()).toString()).toBe("abc");
  });

  it("does not time out while its reader works on a chunk", async () => {
    const limits = { length: 3, maxBytes: 3, silenceMs: 1 };
    const chunks = readBody(body("abc"), limits, signal);
    await chunks.next();
    await delay(20);
    expect(await chunks.next()).toMatchObject({ done: true });
  });

  it("times out if the store stops sending, and closes its connection", async () => {
    const silent = body("a", false);
    const limits = { length: 3, maxBytes: 3, silenceMs: 20 };
    await expect(readAll(silent, limits, signal)).rejects.toMatchObject(brokenOff);
    expect(silent.destroyed).toBe(true);
  });

  it("is aborted with its operation, even if that ended before", async () => {
    const limits = { length: 3, maxBytes: 3, silenceMs: 10_000 };
    const operation = new AbortController();
    const during = readAll(body("a", false), limits, operation.signal);
    operation.abort();
    await expect(during).rejects.toMatchObject(brokenOff);
    await expect(readAll(body("a", false), limits, operation.signal)).rejects.toMatchObject(brokenOff);
  });

  it("is an error if it is shorter than announced", async () => {
    const limits = { length: 3, maxBytes: 3, silenceMs: 10_000 };
    await expect(readAll(body("ab"), limits, signal)).rejects.toMatchObject(brokenOff);
  });

  it("is not read completely if it is too large", async () => {
    const large = body("abcd", false);
    const limits = { length: undefined, maxBytes: 3, silenceMs: 10_000 };
    await expect(readAll(large, limits, signal)).rejects.toMatchObject({ code: "too-large" });
    expect(large.destroyed).toBe(true);
  });
});
