import { createDatabase, type TestDatabase } from "@deepagents-internal/servers";
import { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { S3Backend } from "@deepagents-remote/backend-s3";
import {
  type BackendProtocolV2,
  MemoryBackend,
  type NamespacedBackend,
  type RemoteBackend,
} from "@deepagents-remote/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { ToolMessage } from "@langchain/core/messages";
import { InMemoryStore } from "@langchain/langgraph-checkpoint";
import { CompositeBackend, createDeepAgent, StateBackend, StoreBackend } from "deepagents";
import { type Script, ScriptedModel } from "../model/scripted-model.js";
import { useBucket } from "./helpers/bucket.js";

const bucket = useBucket();
const s3 = new S3Backend({ ...bucket.options, prefix: "mounted" });
let database: TestDatabase;
let postgres: PostgresBackend;
let assets: NamespacedBackend;
let data: NamespacedBackend;
let memories: NamespacedBackend;

beforeAll(async () => {
  database = await createDatabase();
  postgres = new PostgresBackend({ url: database.url });
  assets = s3.withNamespace(["assets"]);
  data = postgres.withNamespace(["data"]);
  memories = postgres.withNamespace(["memories"]);
});
beforeEach(() => Promise.all([s3.delete("/"), postgres.delete("/")]));
afterAll(async () => {
  await Promise.all([s3.close(), postgres.close()]);
  await database.drop();
});

const utf8 = (text: string) => new TextEncoder().encode(text);
const paths = (entries: { path: string }[] | undefined) => entries?.map(({ path }) => path);

/** The mounts of every test; a test may put others in their place. */
function composed(
  working: BackendProtocolV2 = new MemoryBackend(),
  mounts: Record<string, BackendProtocolV2> = {},
): CompositeBackend {
  return new CompositeBackend(working, {
    "/assets/": assets,
    "/data/": data,
    "/memories/": memories,
    ...mounts,
  });
}

const FILES = ["/x.md", "/assets/d/x.md", "/assets/x.md", "/data/d/x.md", "/data/x.md", "/memories/x.md"];

async function filled(backend: CompositeBackend): Promise<CompositeBackend> {
  for (const path of FILES)
    expect(await backend.write(path, `of ${path}\nred\n`)).not.toHaveProperty("error");
  return backend;
}

describe.each<[string, () => BackendProtocolV2]>([
  ["MemoryBackend", () => new MemoryBackend()],
  ["deepagents' StoreBackend", () => new StoreBackend({ store: new InMemoryStore(), namespace: ["files"] })],
])("CompositeBackend with working files in %s", (_name, working) => {
  it("routes each file by its path, and separates mounts of one backend", async () => {
    const own = working();
    await filled(composed(own));
    const stored = async (backend: BackendProtocolV2) => paths((await backend.glob("**", "/")).files);
    expect(await stored(own)).toEqual(["/x.md"]);
    expect(await stored(s3)).toEqual(["/assets/d/x.md", "/assets/x.md"]);
    expect(await stored(postgres)).toEqual(["/data/d/x.md", "/data/x.md", "/memories/x.md"]);
    expect((await data.read("/x.md")).content).toBe("of /data/x.md\nred\n");
    expect((await memories.read("/x.md")).content).toBe("of /memories/x.md\nred\n");
  });

  it("reads, edits and refuses to create again in each mount", async () => {
    const backend = await filled(composed(working()));
    for (const path of FILES.slice(1)) {
      expect(await backend.read(path, 1)).toMatchObject({ content: "red\n", startLine: 2, totalLines: 2 });
      expect((await backend.readRaw(path)).data?.content).toBe(`of ${path}\nred\n`);
      expect((await backend.write(path, "Gone.")).error).toMatch(/already exists/);
      expect(await backend.edit(path, "red", "blue")).toMatchObject({ occurrences: 1, filesUpdate: null });
      expect((await backend.edit(path, "red", "blue")).error).toMatch(/not found in file/);
      expect((await backend.read(path)).content).toBe(`of ${path}\nblue\n`);
    }
    expect((await backend.read("/data/missing")).error).toMatch(/not found/);
    expect((await backend.edit("/assets/missing", "a", "b")).error).toMatch(/not found/);
  });

  it("lists /, mounts and their descendants", async () => {
    const backend = await filled(composed(working()));
    expect(paths((await backend.ls("/")).files)?.sort()).toEqual([
      "/assets/",
      "/data/",
      "/memories/",
      "/x.md",
    ]);
    for (const mount of ["/assets", "/data"]) {
      const children = [`${mount}/d/`, `${mount}/x.md`];
      expect(paths((await backend.ls(mount)).files)).toEqual(children);
      expect(paths((await backend.ls(`${mount}/`)).files)).toEqual(children);
      expect(paths((await backend.ls(`${mount}/d`)).files)).toEqual([`${mount}/d/x.md`]);
      expect((await backend.ls(`${mount}/missing`)).files).toEqual([]);
    }
  });

  it("searches all mounts from /, and one from its own path", async () => {
    const backend = await filled(composed(working()));
    const found = async (...query: Parameters<CompositeBackend["grep"]>) => {
      const { matches, truncated = false } = await backend.grep(...query);
      return { paths: paths(matches), truncated };
    };
    expect(await found("red")).toEqual({ paths: FILES, truncated: false });
    expect(await found("red", "/", "*.md")).toEqual({ paths: FILES, truncated: false });
    expect(await found("red", null, "d/*.md")).toEqual({
      paths: ["/assets/d/x.md", "/data/d/x.md"],
      truncated: false,
    });
    expect(await found("red", "/data")).toEqual({ paths: ["/data/d/x.md", "/data/x.md"], truncated: false });
    expect(await found("red", "/data/d")).toEqual({ paths: ["/data/d/x.md"], truncated: false });
    expect(await found("red", "/memories/x.md")).toEqual({ paths: ["/memories/x.md"], truncated: false });
    expect(await found("red", "/", null, 4)).toEqual({ paths: FILES.slice(0, 4), truncated: true });
    expect(await found("red", "/assets", null, 2)).toEqual({ paths: FILES.slice(1, 3), truncated: false });

    const globbed = async (pattern: string, path?: string) =>
      paths((await backend.glob(pattern, path)).files);
    expect((await globbed("**/*.md"))?.sort()).toEqual([...FILES].sort());
    expect(await globbed("*.md", "/assets")).toEqual(["/assets/x.md"]);
    expect(await globbed("**/*.md", "/data/d")).toEqual(["/data/d/x.md"]);
  });

  it("moves bytes to and from all mounts in one batch", async () => {
    const backend = composed(working());
    const files = FILES.map((path, i): [string, Uint8Array] => [
      path.replace(".md", ".png"),
      Uint8Array.of(0x89, 0, 0xff, i),
    ]);
    expect(await backend.uploadFiles(files)).toEqual(files.map(([path]) => ({ path, error: null })));
    const answers = await backend.downloadFiles([...files.map(([path]) => path), "/data/missing.png"]);
    expect(answers.map(({ path, content }) => [path, content && new Uint8Array(content)])).toEqual([
      ...files,
      ["/data/missing.png", null],
    ]);
    expect(answers.at(-1)?.error).toBe("file_not_found");
  });

  it("deletes a file, a directory, a mount, and everything", async () => {
    const backend = await filled(composed(working()));
    const left = async () => paths((await backend.grep("red")).matches);
    const gone = (...names: string[]) => FILES.filter((path) => !names.includes(path));
    expect(await backend.delete("/data/x.md")).toEqual({ path: "/data/x.md", filesUpdate: null });
    expect((await backend.delete("/data/x.md")).error).toMatch(/not found/);
    expect(await left()).toEqual(gone("/data/x.md"));
    expect(await backend.delete("/data/d")).toMatchObject({ path: "/data/d" });
    expect(await left()).toEqual(gone("/data/x.md", "/data/d/x.md"));
    for (const mount of ["/assets", "/assets/"]) {
      expect(await backend.delete(mount)).toEqual({ path: mount, filesUpdate: null });
      expect(await left()).toEqual(["/x.md", "/memories/x.md"]);
    }
    expect(await backend.delete("/")).toEqual({ path: "/", filesUpdate: null });
    expect(await left()).toEqual([]);
  });
});

describe("at the mount point itself", () => {
  it.each(["/assets", "/assets/", "/data", "/data/"])("%s is a directory, not a file", async (mount) => {
    const backend = await filled(composed());
    expect((await backend.read(mount)).error).toBeTruthy();
    expect((await backend.readRaw(mount)).error).toBeTruthy();
    expect((await backend.write(mount, "x")).error).toBeTruthy();
    expect((await backend.edit(mount, "red", "blue")).error).toBeTruthy();
    expect(await backend.uploadFiles([[mount, utf8("x")]])).toEqual([{ path: mount, error: "is_directory" }]);
    expect(await backend.downloadFiles([mount])).toEqual([
      { path: mount, content: null, error: "is_directory" },
    ]);
    expect(paths((await backend.grep("red")).matches)).toEqual(FILES);
  });

  it("a mount inside another mount's path serves its own subtree", async () => {
    const backend = await filled(
      composed(new MemoryBackend(), { "/data/assets/": s3.withNamespace(["inner"]) }),
    );
    await backend.write("/data/assets/y.md", "red");
    expect((await s3.read("/inner/y.md")).content).toBe("red");
    expect(paths((await data.glob("**")).files)).toEqual(["/d/x.md", "/x.md"]);
    expect(await backend.delete("/data")).toEqual({ path: "/data", filesUpdate: null });
    expect(paths((await backend.grep("red")).matches)).toEqual(
      FILES.filter((path) => !path.startsWith("/data")),
    );
  });
});

describe("an outage of one mount", () => {
  /** deepagents takes these words for absence. */
  const ABSENCE = /not found|not a directory|no such/i;
  const outages: [string, string, () => Promise<RemoteBackend>][] = [
    [
      "a database whose port is closed",
      "/data/",
      async () => new PostgresBackend({ url: "postgres://127.0.0.1:1/none", operationTimeoutMs: 300 }),
    ],
    [
      "a store whose port is closed",
      "/assets/",
      async () =>
        new S3Backend({ ...bucket.options, endpointUrl: "http://127.0.0.1:1", operationTimeoutMs: 300 }),
    ],
    [
      "a bucket that is not there",
      "/assets/",
      async () => new S3Backend({ ...bucket.options, bucket: "not-found", createBucket: false }),
    ],
    [
      "a backend that was closed",
      "/data/",
      async () => {
        const backend = new PostgresBackend({ url: database.url });
        await backend.close();
        return backend;
      },
    ],
  ];

  describe.each(outages)("%s, at %s", (_what, mount, open) => {
    const others = FILES.filter((path) => !path.startsWith(mount));
    const path = `${mount}x.md`;
    let working: MemoryBackend;
    let outage: RemoteBackend;
    let backend: CompositeBackend;
    beforeEach(async () => {
      working = new MemoryBackend();
      await filled(composed(working));
      outage = await open();
      backend = composed(working, { [mount]: outage.withNamespace(["mounted"]) });
    });
    afterEach(() => outage.close());

    it("is not reported as absence", async () => {
      const errors = await Promise.all([
        backend.read(path),
        backend.readRaw(path),
        backend.write(path, "x"),
        backend.edit(path, "red", "blue"),
        backend.delete(path),
        backend.delete(mount),
        backend.ls(mount),
        backend.glob("**", mount),
        backend.grep("red", mount),
        backend.grep("red"),
      ]);
      for (const { error } of errors) {
        expect(error).toEqual(expect.any(String));
        expect(error).not.toMatch(ABSENCE);
      }
      const [uploaded] = await backend.uploadFiles([[path, utf8("x")]]);
      const [downloaded] = await backend.downloadFiles([path]);
      expect([uploaded?.error, downloaded?.error]).toEqual(["permission_denied", "permission_denied"]);
    });

    it("leaves the other mounts unchanged and usable", async () => {
      const uploads = FILES.map((each): [string, Uint8Array] => [each, utf8(`${each} again\nred\n`)]);
      const uploaded = await backend.uploadFiles(uploads);
      const downloaded = await backend.downloadFiles(FILES);
      const failed = FILES.filter((each) => each.startsWith(mount));
      for (const answers of [uploaded, downloaded]) {
        expect(answers.filter(({ error }) => error === null).map((each) => each.path)).toEqual(others);
        expect(answers.filter(({ error }) => error !== null).map((each) => each.path)).toEqual(failed);
      }
      expect(paths((await backend.ls("/")).files)).toEqual(["/assets/", "/data/", "/memories/", "/x.md"]);
      for (const each of others) {
        expect(await backend.edit(each, "again", "edited")).toMatchObject({ occurrences: 1 });
        expect((await backend.read(each)).content).toBe(`${each} edited\nred\n`);
      }
      // The glob of CompositeBackend passes over mounts that fail. That is theirs, and the READMEs say so.
      expect(paths((await backend.glob("**/*.md")).files)).toEqual([...others].sort());
    });

    it("fails a deletion of everything, and deletes nothing in later mounts", async () => {
      const { error } = await backend.delete("/");
      expect(error).toMatch(/^Error deleting '\/': .*may be partial/s);
      expect(error).not.toMatch(ABSENCE);
      // The longest prefix goes first: /memories/, /assets/, /data/.
      const behind = mount === "/assets/" ? ["/data/d/x.md", "/data/x.md"] : [];
      const whole = composed(working);
      const hidden = FILES.filter((each) => each.startsWith(mount));
      expect(paths((await whole.grep("red")).matches)).toEqual([...hidden, ...behind]);
    });
  });
});

describe("in an agent", () => {
  it("keeps working files in the state, and the others in their mounts", async () => {
    const file = (file_path: string) => ({ tool: "write_file", args: { file_path, content: "red" } });
    function* script(): Script {
      yield FILES.map(file);
      yield { tool: "ls", args: { path: "/" } };
      yield { tool: "grep", args: { pattern: "red" } };
      yield { tool: "edit_file", args: { file_path: "/data/x.md", old_string: "red", new_string: "blue" } };
      yield { tool: "delete", args: { file_path: "/assets" } };
      yield { tool: "ls", args: { path: "/assets" } };
      return "Done.";
    }
    const agent = createDeepAgent({
      model: new ScriptedModel(script),
      backend: composed(new StateBackend()),
    });
    const { files, messages } = await agent.invoke({ messages: [{ role: "user", content: "go" }] });
    expect(messages.filter(ToolMessage.isInstance).map((message) => message.text)).toEqual([
      ...FILES.map((path) => `Successfully wrote to '${path}'`),
      "/assets/ (directory)\n/data/ (directory)\n/memories/ (directory)\n/x.md (3 bytes)",
      expect.stringMatching(FILES.slice(1).join(":\n  1: red\n")),
      "Successfully replaced 1 occurrence(s) in '/data/x.md'",
      "Deleted /assets",
      "No files found in /assets",
    ]);
    expect(Object.keys(files ?? {})).toEqual(["/x.md"]);
    expect((await data.read("/x.md")).content).toBe("blue");
    expect((await memories.read("/x.md")).content).toBe("red");
    expect((await assets.ls("/")).files).toEqual([]);
  });
});
