import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { useBucket } from "./helpers/bucket.js";
import { objectsOf } from "./helpers/objects.js";

const bucket = useBucket();
const objects = objectsOf(bucket);

interface Recorded {
  key: string;
  body: string;
  contentType: string;
  metadata: Record<string, string>;
}

/** Objects stored by the Python package, as recorded by record_s3.py of internal/testing. */
function recorded(version: string): Recorded[] {
  const text = readFileSync(new URL(`fixtures/python/${version}.json`, import.meta.url), "utf8");
  return (JSON.parse(text) as { objects: Recorded[] }).objects;
}

/** The envelope in an object, in the order of its keys. */
const envelopeOf = (body: Buffer) => Object.entries(JSON.parse(body.toString()) as Record<string, unknown>);

describe.each(["0.1", "0.2"])("files of the Python package %s", (version) => {
  const prefix = `python-${version}`;
  const backend = bucket.backend({ prefix });
  const paths = (answer: { files?: { path: string }[] }) => answer.files?.map(({ path }) => path);

  beforeAll(async () => {
    for (const { key, body, contentType, metadata } of recorded(version)) {
      await objects.put(`${prefix}/${key}`, Buffer.from(body, "base64"), {
        ContentType: contentType,
        Metadata: metadata,
      });
    }
  });

  it("are read", async () => {
    expect((await backend.read("/notes/plan.md")).content).toBe("# Plan\nfirst step");
    expect((await backend.read("/notes/empty.md")).content).toContain("empty contents");
    expect((await backend.readRaw("/notes/words.txt")).data?.content).toBe(
      'é 漢字 😀\t"quoted" \\ back\nsecond\nthird',
    );
    expect((await backend.read("/notes/uploaded.md")).content).toBe("by upload\n");
    expect((await backend.read("/uploads/report.txt")).content).toBe("total\n42\n");
    expect((await backend.read("/uploads/table.json")).content).toBe('{"content": ["forty-two"]}');
    expect((await backend.read("/uploads/empty.txt")).content).toContain("empty contents");
    expect((await backend.read("/no-slash.txt")).content).toBe("relative");
  });

  it("are downloaded: uploads byte for byte, text as text", async () => {
    const all = recorded(version);
    const downloads = await backend.downloadFiles(all.map(({ key }) => `/${key}`));
    for (const [i, { body, contentType }] of all.entries()) {
      const bytes = Buffer.from(downloads[i]!.content!);
      const stored = Buffer.from(body, "base64");
      if (contentType === "application/json") {
        expect(bytes.toString().split("\n")).toEqual(
          (Object.fromEntries(envelopeOf(stored)).content as string[]).join("\n").split("\n"),
        );
      } else expect(bytes.equals(stored)).toBe(true);
    }
  });

  it("have the times that the Python package gave them", async () => {
    const { body } = recorded(version).find(({ key }) => key === "notes/edited.md")!;
    const times = Object.fromEntries(envelopeOf(Buffer.from(body, "base64"))) as Record<string, string>;
    expect(times.created_at).toMatch(/\.\d{6}\+00:00$/);
    const inMilliseconds = (time: string) => time.replace(/\d{3}\+00:00$/, "Z");
    expect((await backend.readRaw("/notes/edited.md")).data).toEqual({
      content: "one\nthree",
      mimeType: "text/markdown",
      created_at: inMilliseconds(times.created_at!),
      modified_at: inMilliseconds(times.modified_at!),
    });
  });

  it("are listed and searched", async () => {
    expect(paths(await backend.ls("/"))).toEqual(["/no-slash.txt", "/notes/", "/uploads/"]);
    expect(paths(await backend.ls("/uploads"))).toEqual(
      [".hidden", "empty.txt", "logo.png", "report.txt", "table.json"].map((name) => `/uploads/${name}`),
    );
    expect(paths(await backend.glob("**/*.md"))).toEqual(
      ["edited.md", "empty.md", "plan.md", "uploaded.md"].map((name) => `/notes/${name}`),
    );
    expect((await backend.grep("t")).matches).toEqual(
      [
        ["/no-slash.txt", 1, "relative"],
        ["/notes/edited.md", 2, "three"],
        ["/notes/plan.md", 2, "first step"],
        ["/notes/words.txt", 1, 'é 漢字 😀\t"quoted" \\ back'],
        ["/notes/words.txt", 3, "third"],
        ["/uploads/.hidden", 1, "dot"],
        ["/uploads/report.txt", 1, "total"],
        ["/uploads/table.json", 1, '{"content": ["forty-two"]}'],
      ].map(([path, line, text]) => ({ path, line, text })),
    );
  });

  it("are edited, and remain readable for it", async () => {
    const before = envelopeOf((await objects.get(`${prefix}/notes/plan.md`)).body);
    expect(await backend.edit("/notes/plan.md", "first", "second")).toMatchObject({ occurrences: 1 });
    const { body, contentType } = await objects.get(`${prefix}/notes/plan.md`);
    expect(contentType).toBe("application/json");
    const after = envelopeOf(body);
    expect(after.map(([name]) => name)).toEqual(before.map(([name]) => name));
    const { content, created_at } = Object.fromEntries(after);
    expect(content).toEqual(["# Plan", "second step"]);
    expect(new Date(created_at as string)).toEqual(new Date(Object.fromEntries(before).created_at as string));
    await backend.edit("/uploads/report.txt", "42", "43");
    expect((await objects.get(`${prefix}/uploads/report.txt`)).body.toString()).toBe("total\n43\n");
  });
});

it("our files have the form of the Python package's", async () => {
  const theirs = recorded("0.2").find(({ key }) => key === "notes/plan.md")!;
  await bucket.backend({ prefix: "shape" }).write("/plan.md", "# Plan\nfirst step");
  const ours = await objects.get("shape/plan.md");
  expect(ours.contentType).toBe(theirs.contentType);
  const shape = (body: Buffer) =>
    envelopeOf(body).map(([name, value]) => [name, Array.isArray(value) ? value : typeof value]);
  expect(shape(ours.body)).toEqual(shape(Buffer.from(theirs.body, "base64")));
});
