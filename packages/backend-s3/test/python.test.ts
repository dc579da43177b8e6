import { readFileSync } from "node:fs";
import { NO_PYTHON, type Python, type PythonCall, pythonPackage } from "@deepagents-internal/testing";
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

/** What the Python package stored; how it was recorded is told in record.py. */
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

  it("have the times that it gave them", async () => {
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

  it("are edited, and stay what it reads", async () => {
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

it("what is written here has the shape of what the Python package writes", async () => {
  const theirs = recorded("0.2").find(({ key }) => key === "notes/plan.md")!;
  await bucket.backend({ prefix: "shape" }).write("/plan.md", "# Plan\nfirst step");
  const ours = await objects.get("shape/plan.md");
  expect(ours.contentType).toBe(theirs.contentType);
  const shape = (body: Buffer) =>
    envelopeOf(body).map(([name, value]) => [name, Array.isArray(value) ? value : typeof value]);
  expect(shape(ours.body)).toEqual(shape(Buffer.from(theirs.body, "base64")));
});

/** Both ways, where this machine has it. */
function itself(python: Python): void {
  const { endpointUrl, accessKeyId, secretAccessKey, region } = bucket.connection;
  const call = (prefix: string, ...calls: PythonCall[]) =>
    python(
      "S3Backend",
      {
        bucket: bucket.name,
        prefix,
        region,
        endpoint_url: endpointUrl,
        access_key_id: accessKeyId,
        secret_access_key: secretAccessKey,
      },
      calls,
    );
  const done = { error: null };

  it("reads, edits and searches what is written here", async () => {
    const backend = bucket.backend({ prefix: "ours" });
    await backend.write("/d/a.md", 'é 漢字 😀 "\\"\none two\n');
    await backend.write("/d/empty.md", "");
    const [read, empty, found, files, listed, edited, refused] = await call(
      "ours",
      ["aread", "/d/a.md"],
      ["aread", "/d/empty.md"],
      ["agrep_raw", "one", "/d"],
      ["aglob_info", "**/*.md", "/"],
      ["als_info", "/d"],
      ["aedit", "/d/a.md", "two", "three"],
      ["awrite", "/d/a.md", "x"],
    );
    expect(read).toMatch(/é 漢字 😀 "\\"\n.*one two/);
    expect(empty).toContain("empty contents");
    expect(found).toEqual([{ path: "/d/a.md", line: 2, text: "one two" }]);
    expect(files).toMatchObject([{ path: "/d/a.md" }, { path: "/d/empty.md" }]);
    expect(listed).toMatchObject([{ path: "/d/a.md" }, { path: "/d/empty.md" }]);
    expect(edited).toMatchObject({ ...done, occurrences: 1 });
    expect(refused).toMatchObject({ error: expect.stringContaining("already exists") });
    // It drops a final newline.
    expect((await backend.read("/d/a.md")).content).toBe('é 漢字 😀 "\\"\none three');
    expect(await backend.edit("/d/a.md", "three", "four\n")).toMatchObject({ occurrences: 1 });
    expect((await call("ours", ["aread", "/d/a.md"]))[0]).toContain("one four");
  });

  it("writes what is read, edited and searched here", async () => {
    const backend = bucket.backend({ prefix: "theirs" });
    const png = Buffer.from([0x89, 0x50, 0, 0xff]).toString("base64");
    const [written, uploaded] = await call(
      "theirs",
      ["awrite", "/d/a.md", "é 漢字 😀\none two\n"],
      [
        "aupload_files",
        [
          ["/d/u.txt", { base64: Buffer.from("one\n").toString("base64") }],
          ["/d/u.png", { base64: png }],
        ],
      ],
    );
    expect(written).toMatchObject(done);
    expect(uploaded).toMatchObject([done, done]);
    expect((await backend.read("/d/a.md")).content).toBe("é 漢字 😀\none two");
    expect((await backend.grep("one")).matches?.map(({ path }) => path)).toEqual(["/d/a.md", "/d/u.txt"]);
    expect((await backend.downloadFiles(["/d/u.png"]))[0]?.content).toEqual(Buffer.from(png, "base64"));
    expect(await backend.edit("/d/a.md", "two", "three")).toMatchObject({ occurrences: 1 });
    await backend.uploadFiles([["/d/u.txt", Buffer.from("new\n")]]);
    const [edited, replaced, downloaded] = await call(
      "theirs",
      ["aread", "/d/a.md"],
      ["aread", "/d/u.txt"],
      ["adownload_files", ["/d/u.png"]],
    );
    expect(edited).toContain("one three");
    expect(replaced).toContain("new");
    expect(downloaded).toMatchObject([{ content: { base64: png } }]);
  });
}

const python = pythonPackage();

describe("the Python package itself on the same bucket", () => {
  if (python) itself(python);
  else it.todo(NO_PYTHON);
});
