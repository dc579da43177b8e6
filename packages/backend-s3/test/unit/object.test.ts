import { Readable } from "node:stream";
import { RemoteBackendError } from "@deepagents-remote/core";
import type { Change, StoredFile } from "@deepagents-remote/core/adapter";
import { describe, expect, it } from "@jest/globals";
import { Body } from "../../src/objects/body.js";
import { decodeObject, mayBeEnvelope, type StoredObject } from "../../src/objects/decode.js";
import { encodeObject, nextVersion } from "../../src/objects/encode.js";
import { decodeMetadata, encodeMetadata, type Format } from "../../src/objects/metadata.js";

const CREATED = new Date("2020-01-02T03:04:05.678Z");
const STORED = new Date("2021-02-03T04:05:06.000Z");
const ids = Array.from({ length: 64 }, (_, i) => `${i}`.padEnd(22, "-_"));

describe("metadata", () => {
  it.each<[Format, Date | undefined]>([
    ["json", undefined],
    ["text", CREATED],
    ["bytes", CREATED],
  ])("round-trips: %s", (format, createdAt) => {
    const metadata = { format, writeIds: ids, ...(createdAt && { createdAt }) };
    const encoded = encodeMetadata(metadata);
    expect(decodeMetadata(encoded)).toEqual(metadata);
    const text = Object.entries(encoded).flat().join("");
    expect(text).toMatch(/^[\x20-\x7e]+$/);
    // S3 itself allows 2,048.
    expect(text.length).toBeLessThan(1_900);
  });

  it("leaves room for foreign metadata: the oldest ids are dropped, down to eight", () => {
    const metadata = { format: "text", writeIds: ids, createdAt: CREATED } as const;
    const some = encodeMetadata(metadata, { owner: "é".repeat(300), "deepagents-formats": "x" });
    expect(some).toMatchObject({ owner: "é".repeat(300), "deepagents-formats": "x" });
    expect(Buffer.byteLength(Object.entries(some).flat().join(""))).toBeLessThanOrEqual(2_048);
    const kept = decodeMetadata(some)!.writeIds;
    expect(kept.length).toBeGreaterThan(40);
    expect(kept).toEqual(ids.slice(0, kept.length));
    expect(() => encodeMetadata(metadata, { owner: "x".repeat(1_900) })).toThrow(
      expect.objectContaining({ code: "too-large", message: expect.stringContaining("leaves no room") }),
    );
  });

  it.each<[Record<string, string> | undefined]>([
    [undefined],
    [{}],
    [{ "deepagents-writes": "a.b" }],
    [{ "deepagents-format": "xml" }],
    [{ "deepagents-format": "" }],
    [{ format: "json" }],
  ])("%j is not ours", (metadata) => {
    expect(decodeMetadata(metadata)).toBeUndefined();
  });

  it("returns what is left of damaged metadata", () => {
    const damaged = { "deepagents-format": "text", "deepagents-created": "yesterday" };
    expect(decodeMetadata(damaged)).toEqual({ format: "text", writeIds: [] });
  });
});

const object = (body: string | Uint8Array, more: Partial<StoredObject> = {}): StoredObject => ({
  etag: '"e"',
  body: new Body(Readable.from([Buffer.from(body as string)]), Buffer.byteLength(body)),
  contentType: undefined,
  metadata: undefined,
  lastModified: STORED,
  ...more,
});

/** Applies a change to a file and reads the result back from the store. */
async function store(
  change: Partial<Change>,
  newText: "json" | "text",
  previousIds?: readonly string[],
): Promise<StoredFile> {
  const full: Change = { key: "a.txt", id: "new", condition: "overwrite", content: "", ...change };
  const seen = previousIds && { writeIds: previousIds };
  const encoded = await encodeObject(nextVersion(full, newText, seen));
  const stored = object(encoded.Body, { contentType: encoded.ContentType, metadata: encoded.Metadata });
  return (await decodeObject(full.key, stored)) as StoredFile;
}

describe("an object", () => {
  const contents: [string, string | Uint8Array][] = [
    ["empty text", ""],
    ["text", '\ufeffone\r\n"two"\\\n\n\u2028\0漢字😀'],
    [
      "text that looks like an envelope",
      '{"content":["x"],"created_at":"2020-01-01","modified_at":"2020-01-01"}',
    ],
    ["no bytes", new Uint8Array()],
    ["bytes", Buffer.from([0, 0xff, 0x0a])],
    ["bytes that are text", Buffer.from("text")],
  ];

  it.each(
    contents.flatMap(([name, content]) =>
      (["json", "text"] as const).map((form) => [name, form, content] as const),
    ),
  )("holds %s in form %s", async (_, form, to) => {
    const { content, version, writeIds, createdAt } = await store({ content: to }, form);
    expect(typeof to === "string" ? content : Buffer.from(content as Uint8Array)).toEqual(
      to instanceof Uint8Array ? Buffer.from(to) : to,
    );
    expect(version).toBe('"e"');
    expect(writeIds).toEqual(["new"]);
    expect(Math.abs(createdAt.getTime() - Date.now())).toBeLessThan(60_000);
  });

  it.each(["json", "text"] as const)("of an edit continues the ids of its base, in form %s", async (form) => {
    const created = await store({ content: "one", id: "first" }, form);
    const old: StoredFile = { ...created, createdAt: CREATED, writeIds: ids };
    const edited = await store({ condition: old, content: "two" }, form === "json" ? "text" : "json");
    expect(edited).toMatchObject({ content: "two", createdAt: CREATED, extra: old.extra as object });
    expect(edited.writeIds).toEqual(["new", ...ids.slice(0, 62), ids[63]]);
  });

  it("of a replacement continues the ids that were seen, without a time", async () => {
    const { writeIds, createdAt } = await store({ content: "x" }, "text", ["b", "a"]);
    expect(writeIds).toEqual(["new", "b", "a"]);
    expect(createdAt.getTime()).toBeGreaterThan(STORED.getTime());
  });

  it.each<[string, string, string | undefined]>([
    ["a.md", "text", "text/markdown; charset=utf-8"],
    ["a.ts", "text", "text/plain; charset=utf-8"],
    ["a.png", "text", "text/plain; charset=utf-8"],
    ["a.md", "json", "application/json"],
  ])("%s in form %s is called %s", async (key, form, type) => {
    const change: Change = { key, id: "new", condition: "overwrite", content: "x" };
    expect((await encodeObject(nextVersion(change, form as "text"))).ContentType).toBe(type);
  });

  // Not in the order that proves one by itself.
  const envelope = JSON.stringify({ created_at: CREATED, content: ["x"], modified_at: CREATED });

  it.each<[string | undefined, boolean]>([
    ["application/json", true],
    ["Application/JSON; charset=utf-8", true],
    ["application/jsonl", false],
    ["text/json", false],
    ["binary/octet-stream", false],
    [undefined, false],
  ])("that is foreign is an envelope if its content type is JSON: %s", async (contentType, isEnvelope) => {
    expect(mayBeEnvelope({ contentType, metadata: {} })).toBe(isEnvelope);
    const decoded = await decodeObject("a.txt", object(envelope, { contentType }));
    const { content, createdAt } = decoded as StoredFile;
    expect(content).toBe(isEnvelope ? "x" : envelope);
    expect(createdAt).toEqual(isEnvelope ? CREATED : STORED);
  });

  it("of ours has the form that its metadata says, whatever its name", async () => {
    const decode = (format: Format, body: string | Uint8Array, contentType?: string) =>
      decodeObject(
        "a.txt",
        object(body, { contentType, metadata: encodeMetadata({ format, writeIds: [] }) }),
      );
    expect(await decode("json", envelope, "text/plain")).toMatchObject({ content: "x" });
    expect(await decode("text", envelope, "application/json")).toMatchObject({ content: envelope });
    expect(await decode("bytes", "x")).toMatchObject({ content: Buffer.from("x") });
    for (const corrupt of [await decode("json", "x"), await decode("text", Buffer.from([0xff]))]) {
      expect(RemoteBackendError.is(corrupt) && corrupt.code).toBe("corrupt");
    }
  });
});
