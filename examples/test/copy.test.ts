import { createHash } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { createDatabase } from "@deepagents-internal/servers";
import { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { S3Backend } from "@deepagents-remote/backend-s3";
import { copyFiles } from "@deepagents-remote/core";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { InMemoryStore } from "@langchain/langgraph-checkpoint";
import { StoreBackend } from "deepagents";
import { useBucket } from "./helpers/bucket.js";

const utf8 = (text: string) => new TextEncoder().encode(text);

const FILES: [string, Uint8Array][] = [
  ["/%41+b ~#?&=.txt", utf8("a\r\nb\rc\n")],
  ["/*[?]\\{a,b}'\".md", utf8("\ufeffmark\u2028\u0000")],
  ["/a.txt", utf8("before /a/")],
  ["/a/b/c/deep", Uint8Array.of(0xff, 0xfe, 0)],
  ["/a0", utf8("behind /a/")],
  ["/empty.png", new Uint8Array()],
  ["/empty.txt", new Uint8Array()],
  ["/invalid.txt", Uint8Array.of(0x61, 0xc3, 0x28)],
  ["/large.log", utf8("a line of a long log\n".repeat(200_000))],
  ["/photo.png", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0xff)],
  ["/u\u0308", utf8("NFD")],
  ["/\u00fc", utf8("NFC")],
  ["/\uffe3", utf8("first by code point")],
  ["/😀", utf8("last by code point")],
];
const PATHS = FILES.map(([path]) => path);
const all = (outcome: string, paths = PATHS) => paths.map((path) => ({ path, outcome }));

const bucket = useBucket();
let database: Awaited<ReturnType<typeof createDatabase>>;
let postgres: PostgresBackend;
const s3 = new S3Backend({ ...bucket.options, prefix: "from" });
const backup = new S3Backend({ ...bucket.options, prefix: "backup", format: "raw" });
beforeAll(async () => {
  database = await createDatabase();
  postgres = new PostgresBackend({ url: database.url, maxFileBytes: 5_000_000 });
});
afterAll(async () => {
  await Promise.all([postgres.close(), s3.close(), backup.close()]);
  await database.drop();
});

/** Compared by their hash: jest takes seconds for megabytes. */
const hashed = (files: [string, Uint8Array][]) =>
  files.map(([path, content]) => [path, createHash("sha256").update(content).digest("hex")]);

async function contents(backend: Pick<S3Backend, "downloadFiles">, paths = PATHS) {
  const answers = await backend.downloadFiles(paths);
  return hashed(answers.map(({ path, content, error }) => [path, content ?? utf8(`${error}`)]));
}

describe("copyFiles on real servers", () => {
  it("copies a bucket into a database, and the database into another bucket, byte for byte", async () => {
    await s3.uploadFiles(FILES);
    expect(await copyFiles(s3, postgres)).toEqual(all("copied"));
    expect(await contents(postgres)).toEqual(hashed(FILES));
    expect(await copyFiles(s3, postgres)).toEqual(all("same"));

    expect(await copyFiles(postgres, backup)).toEqual(all("copied"));
    expect(await contents(backup)).toEqual(hashed(FILES));
    expect(await copyFiles(postgres, backup)).toEqual(all("same"));
  });

  it("resumes after a failure, and keeps files that differ", async () => {
    const target = postgres.withNamespace(["resumed"]);
    await target.write("/a0", "another");
    await target.write("/photo.png/is-a-directory-here", "x");
    await s3.uploadFiles([["/too-large.bin", new Uint8Array(5_000_001)]]);
    const failed = (await copyFiles(s3, target)).filter(({ outcome }) => outcome === "failed");
    expect(failed).toEqual([
      { path: "/a0", outcome: "failed", error: expect.stringContaining("overwrite: true") },
      {
        path: "/photo.png",
        outcome: "failed",
        error: expect.stringContaining("/photo.png/is-a-directory-here"),
      },
      { path: "/too-large.bin", outcome: "failed", error: expect.stringContaining("5000001 bytes") },
    ]);

    await target.delete("/photo.png");
    await s3.delete("/too-large.bin");
    const again = await copyFiles(s3, target, { overwrite: true });
    expect(again.filter(({ outcome }) => outcome === "copied")).toEqual(all("copied", ["/a0", "/photo.png"]));
    expect(again.filter(({ outcome }) => outcome === "same")).toHaveLength(FILES.length - 2);
    expect(await contents(target)).toEqual(hashed(FILES));
  });

  it("copies what the Python package and other programs stored in a bucket", async () => {
    const put = (Key: string, Body: string | Uint8Array, ContentType: string) =>
      bucket.client.send(
        new PutObjectCommand({ Bucket: bucket.options.bucket, Key: `python/${Key}`, Body, ContentType }),
      );
    const time = "2026-01-01T00:00:00.000000+00:00";
    const envelope = { content: ["# Plan", "", "1. ü", ""], created_at: time, modified_at: time };
    await put("docs/plan.md", JSON.stringify(envelope), "application/json");
    await put("docs/photo.png", Uint8Array.of(0x89, 0), "image/png");
    await put("docs/", new Uint8Array(), "application/x-directory");
    const python = new S3Backend({ ...bucket.options, prefix: "python", readOnly: true });
    const target = postgres.withNamespace(["python"]);
    expect(await copyFiles(python, target, { path: "/docs" })).toEqual(
      all("copied", ["/docs/photo.png", "/docs/plan.md"]),
    );
    expect((await target.read("/docs/plan.md")).content).toBe("# Plan\n\n1. ü\n");
    await python.close();
  });

  it("copies files of deepagents' StoreBackend into a bucket", async () => {
    const store = new StoreBackend({ store: new InMemoryStore(), namespace: ["files"] });
    const text = FILES.filter(([path]) => !/deep|invalid|\.md$/.test(path));
    await store.uploadFiles(text);
    const target = s3.withNamespace(["store"]);
    expect(await copyFiles(store, target)).toEqual(
      all(
        "copied",
        text.map(([path]) => path),
      ),
    );
    expect(
      await contents(
        target,
        text.map(([path]) => path),
      ),
    ).toEqual(hashed(text));
  });
});
