import { describe, expect, it } from "@jest/globals";
import { InMemoryStore } from "@langchain/langgraph-checkpoint";
import { CompositeBackend, StoreBackend } from "deepagents";
import { layer, MemoryFileStore } from "../../src/adapter.js";
import {
  type BackendProtocolV2,
  type CopiedFile,
  copyFiles,
  MemoryBackend,
  RemoteBackend,
  RemoteBackendError,
} from "../../src/index.js";

const bytes = (...values: number[]) => Uint8Array.from(values);
const utf8 = (text: string) => new TextEncoder().encode(text);

const ODD: Record<string, Uint8Array> = {
  "/%41+b ~#?&=.txt": utf8("a\r\nb\rc\n"),
  "/*[?]\\{a,b}'\".md": utf8("\ufeffmark\u2028\u0000"),
  "/a.txt": utf8("before /a/"),
  "/a/b/c/deep": bytes(0xff, 0xfe, 0),
  "/a0": utf8("behind /a/"),
  "/empty": bytes(),
  "/empty.png": bytes(),
  "/invalid.txt": bytes(0x61, 0xc3, 0x28),
  "/nul": utf8("x\u0000y"),
  "/photo.png": bytes(0x89, 0x50, 0x4e, 0x47, 0, 0xff),
  "/u\u0308": utf8("NFD"),
  "/\u00fc": utf8("NFC"),
  "/\uffe3": utf8("first by code point"),
  "/😀": utf8("last by code point"),
};

async function filled(files: Record<string, Uint8Array>, backend: RemoteBackend = new MemoryBackend()) {
  const answers = await backend.uploadFiles(Object.entries(files));
  expect(answers.filter(({ error }) => error)).toEqual([]);
  return backend;
}

async function contents(
  backend: BackendProtocolV2,
  paths: string[],
): Promise<Record<string, Uint8Array | null>> {
  const answers = await backend.downloadFiles!(paths);
  return Object.fromEntries(answers.map(({ path, content }) => [path, content && new Uint8Array(content)]));
}

const numbered = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`/n/${String(i).padStart(5, "0")}`, utf8(`${i}`)]),
  );

const tally = (files: CopiedFile[]) => {
  const count = (outcome: string) => files.filter((file) => file.outcome === outcome).length;
  return { copied: count("copied"), same: count("same"), failed: count("failed") };
};

const errorOf = (files: CopiedFile[], path: string) => files.find((file) => file.path === path)?.error;

/** A backend of others: only these methods, as they are. */
function plain(backend: BackendProtocolV2, own: Partial<BackendProtocolV2> = {}): BackendProtocolV2 {
  const methods = ["ls", "read", "readRaw", "write", "edit", "grep", "glob", "delete"] as const;
  const bound = methods.map((name) => [name, (backend[name] as () => unknown).bind(backend)]);
  return { ...Object.fromEntries(bound), ...own } as BackendProtocolV2;
}

/** Writes down which batches come. */
function watched(backend: RemoteBackend) {
  const calls = { uploads: [] as [number, number][], downloads: [] as number[] };
  const watching = plain(backend, {
    uploadFiles: (files) => {
      calls.uploads.push([files.length, files.reduce((sum, [, content]) => sum + content.length, 0)]);
      return backend.uploadFiles(files);
    },
    downloadFiles: (paths) => {
      calls.downloads.push(paths.length);
      return backend.downloadFiles(paths);
    },
  });
  return Object.assign(watching, { calls, capabilities: backend.capabilities });
}

describe("copyFiles", () => {
  it("copies odd names and bytes exactly, in code-point order, and the second time nothing", async () => {
    const from = await filled(ODD);
    const to = watched(new MemoryBackend());
    const told: CopiedFile[] = [];
    const copied = await copyFiles(from, to, { progress: (file) => told.push(file) });
    expect(copied).toEqual(Object.keys(ODD).map((path) => ({ path, outcome: "copied" })));
    expect(told).toEqual(copied);
    expect(await contents(to, Object.keys(ODD))).toEqual(ODD);

    to.calls.uploads.length = 0;
    expect(tally(await copyFiles(from, to))).toEqual({ copied: 0, same: Object.keys(ODD).length, failed: 0 });
    expect(to.calls.uploads).toEqual([]);
  });

  it("resumes an earlier copy", async () => {
    const from = await filled(numbered(250));
    const to = watched(new MemoryBackend());
    let told = 0;
    const dies = () => {
      if (++told === 120) throw new Error("killed");
    };
    await expect(copyFiles(from, to, { progress: dies })).rejects.toThrow("killed");
    expect(to.calls.uploads.map(([files]) => files)).toEqual([100, 100]);

    expect(tally(await copyFiles(from, to))).toEqual({ copied: 50, same: 200, failed: 0 });
    expect(to.calls.uploads.map(([files]) => files)).toEqual([100, 100, 50]);
    expect(await contents(to, Object.keys(numbered(250)))).toEqual(numbered(250));
  });

  it("reports each file that fails, and copies the others", async () => {
    const store = new MemoryFileStore();
    const from = new RemoteBackend(
      layer(store, {
        get: async (keys) => {
          const files = await store.get(keys);
          const corrupt = new RemoteBackendError("corrupt", "The object is damaged.");
          return files.map((file, i) => (keys[i] === "corrupt" ? corrupt : file));
        },
      }),
    );
    const large = new Uint8Array(20);
    await filled(
      { "/a": utf8("a"), "/corrupt": utf8("b"), "/d/f": utf8("c"), "/large": large, "/z": utf8("z") },
      from,
    );
    const to = await filled({ "/d": utf8("a file here") }, new MemoryBackend({ maxFileBytes: 11 }));

    const copied = await copyFiles(from, to);
    expect(copied.map(({ path, outcome }) => [path, outcome])).toEqual([
      ["/a", "copied"],
      ["/corrupt", "failed"],
      ["/d/f", "failed"],
      ["/large", "failed"],
      ["/z", "copied"],
    ]);
    expect(errorOf(copied, "/corrupt")).toBe("The object is damaged.");
    expect(errorOf(copied, "/d/f")).toMatch(/'\/d'/);
    expect(errorOf(copied, "/large")).toMatch(/20 bytes/);
  });

  it("keeps a different file of the target, unless it may replace it", async () => {
    const from = await filled({ "/same": utf8("1"), "/size": utf8("22"), "/text": utf8("33") });
    const to = watched(
      await filled({ "/other": utf8("9"), "/same": utf8("1"), "/size": utf8("2"), "/text": utf8("44") }),
    );
    const copied = await copyFiles(from, to);
    expect(tally(copied)).toEqual({ copied: 0, same: 1, failed: 2 });
    expect(errorOf(copied, "/text")).toMatch(/another file there; overwrite: true/);
    // Sizes are exact: a file of another size need not be fetched.
    expect(to.calls).toEqual({ uploads: [], downloads: [2] });

    expect(tally(await copyFiles(from, to, { overwrite: true }))).toEqual({ copied: 2, same: 1, failed: 0 });
    expect(to.calls.downloads).toEqual([2, 2, 2]);
    const all = { "/other": utf8("9"), "/same": utf8("1"), "/size": utf8("22"), "/text": utf8("33") };
    expect(await contents(to, Object.keys(all))).toEqual(all);
  });

  it("moves at most 100 files and 16 MB at a time, a larger file alone", async () => {
    const MB = 1024 * 1024;
    const large = Object.fromEntries([6, 6, 6, 20, 1].map((size, i) => [`/${i}`, new Uint8Array(size * MB)]));
    const from = watched(await filled({ ...large, ...numbered(205) }));
    const to = watched(new MemoryBackend());
    expect(tally(await copyFiles(from, to))).toEqual({ copied: 210, same: 0, failed: 0 });
    expect(to.calls.uploads.map(([files, size]) => [files, Math.floor(size / MB)])).toEqual([
      [2, 12],
      [1, 6],
      [1, 20],
      [100, 1],
      [100, 0],
      [6, 0],
    ]);
    expect(from.calls.downloads).toEqual([2, 1, 1, 100, 100, 6]);
  });

  it("finds more files than a glob answers", async () => {
    const store = new InMemoryStore();
    const from = new StoreBackend({ store, namespace: ["files"] });
    await from.uploadFiles(Object.entries(numbered(10_050)));
    expect(tally(await copyFiles(from, new MemoryBackend()))).toEqual({ copied: 10_050, same: 0, failed: 0 });
  });

  describe("path", () => {
    const files = { "/a/x": utf8("1"), "/a/y/z": utf8("2"), "/ab": utf8("3"), "/b": utf8("4") };

    it.each([
      ["/a", ["/a/x", "/a/y/z"]],
      ["a/", ["/a/x", "/a/y/z"]],
      ["/a/y", ["/a/y/z"]],
      ["/a/x", ["/a/x"]],
      ["/b", ["/b"]],
    ])("%s copies the existing file", async (path, expected) => {
      const copied = await copyFiles(await filled(files), new MemoryBackend(), { path });
      expect(copied).toEqual(expected.map((each) => ({ path: each, outcome: "copied" })));
    });

    it.each(["/missing", "/b/", "/a/y/missing"])("%s of a missing path is a failure", async (path) => {
      const copied = await copyFiles(await filled(files), new MemoryBackend(), { path });
      expect(copied).toEqual([{ path, outcome: "failed", error: "There is nothing at this path." }]);
    });

    it("copies nothing from an empty backend", async () => {
      expect(await copyFiles(new MemoryBackend(), new MemoryBackend())).toEqual([]);
    });
  });

  it("ends when its signal is aborted", async () => {
    const from = await filled(numbered(101));
    const to = watched(new MemoryBackend());
    const controller = new AbortController();
    const progress = () => controller.abort(new Error("enough"));
    await expect(copyFiles(from, to, { progress, signal: controller.signal })).rejects.toThrow("enough");
    expect(to.calls.uploads).toHaveLength(1);
    await expect(copyFiles(new MemoryBackend(), to, { signal: controller.signal })).rejects.toThrow("enough");
    expect(to.calls.uploads).toHaveLength(1);
  });

  it.each([
    ["no source", undefined, new MemoryBackend(), {}, /'from' must be a backend/],
    ["a target of version 1", new MemoryBackend(), { lsInfo() {} }, {}, /'to' must be a backend/],
    ["an unknown option", new MemoryBackend(), new MemoryBackend(), { force: true }, /no option 'force'/],
    ["an empty path", new MemoryBackend(), new MemoryBackend(), { path: "" }, /'path' must be/],
    [
      "a path that is none",
      new MemoryBackend(),
      new MemoryBackend(),
      { path: "/a/../b" },
      /may not be '\.\.'/,
    ],
    [
      "no signal",
      new MemoryBackend(),
      new MemoryBackend(),
      { signal: {} },
      /'signal' must be an AbortSignal/,
    ],
  ])("refuses %s", async (_what, from, to, options, message) => {
    const copy = copyFiles(from as BackendProtocolV2, to as BackendProtocolV2, options as object);
    await expect(copy).rejects.toThrow(message);
    await copy.catch((error) => expect(RemoteBackendError.is(error)).toBe(true));
  });
});

describe("copyFiles with foreign backends", () => {
  const opened = () => new StoreBackend({ store: new InMemoryStore(), namespace: ["files"] });

  it("copies everything from deepagents' StoreBackend, in either of its formats", async () => {
    const store = new InMemoryStore();
    const from = new StoreBackend({ store, namespace: ["files"] });
    await from.uploadFiles([
      ["/docs/photo.png", bytes(0x89, 0, 0xff)],
      ["/docs/ü.md", utf8("ü\r\n")],
      ["/empty.txt", bytes()],
    ]);
    const v1 = { created_at: "2026-01-01T00:00:00.000Z", modified_at: "2026-01-01T00:00:00.000Z" };
    await store.put(["files"], "/old.txt", { ...v1, content: ["one", "two", ""] });
    await store.put(["files"], "/torn", { content: "no times" });
    const to = new MemoryBackend();
    expect(await copyFiles(from, to)).toEqual(
      ["/docs/photo.png", "/docs/ü.md", "/empty.txt", "/old.txt"].map((path) => ({
        path,
        outcome: "copied",
      })),
    );
    expect(await contents(to, ["/docs/photo.png", "/docs/ü.md", "/empty.txt", "/old.txt"])).toEqual({
      "/docs/photo.png": bytes(0x89, 0, 0xff),
      "/docs/ü.md": utf8("ü\r\n"),
      "/empty.txt": bytes(),
      "/old.txt": utf8("one\ntwo\n"),
    });
  });

  it("refuses names that would become names of other files", async () => {
    const from = opened();
    for (const path of ["/", "/a//b", "/a/b", "/c//d", "/c/./d", "/e\nf"]) await from.write(path, path);
    const to = new MemoryBackend();
    const copied = await copyFiles(from, to);
    expect(copied.map(({ path, outcome }) => [path, outcome])).toEqual([
      ["/", "failed"],
      ["/a//b", "failed"],
      ["/a/b", "copied"],
      ["/c/./d", "failed"],
      ["/c//d", "failed"],
      ["/e\nf", "failed"],
    ]);
    expect((await to.read("/a/b")).content).toBe("/a/b");
  });

  it("does not report a file as copied if the target altered it", async () => {
    const from = await filled({
      "/bom.txt": utf8("\ufefftext"),
      "/good.txt": utf8("good"),
      "/latin-1.txt": bytes(0xe4),
    });
    const copied = await copyFiles(from, opened());
    expect(copied.map(({ outcome }) => outcome)).toEqual(["failed", "copied", "failed"]);
    expect(errorOf(copied, "/latin-1.txt")).toMatch(/does not return the content that was sent/);
  });

  it("falls back to readRaw and write, and reports what they cannot carry", async () => {
    const from = plain(await filled(ODD));
    const to = new MemoryBackend();
    expect(tally(await copyFiles(from, to))).toEqual({ copied: Object.keys(ODD).length, same: 0, failed: 0 });
    expect(await contents(to, Object.keys(ODD))).toEqual(ODD);

    const written = new MemoryBackend();
    const copied = await copyFiles(from, plain(written));
    expect(copied.filter(({ outcome }) => outcome === "failed").map(({ path }) => path)).toEqual([
      "/a/b/c/deep",
      "/invalid.txt",
    ]);
    expect(errorOf(copied, "/invalid.txt")).toMatch(/no uploadFiles, and its write accepts only text/);
    const { "/a/b/c/deep": _, "/invalid.txt": __, ...text } = ODD;
    expect(await contents(written, Object.keys(text))).toEqual(text);

    const unlisted = plain(new MemoryBackend(), { ls: () => ({ error: "The directory is away." }) });
    const one = await filled({ "/a.txt": utf8("a") });
    expect(await copyFiles(one, unlisted)).toEqual([{ path: "/a.txt", outcome: "copied" }]);
    expect(await copyFiles(one, unlisted)).toEqual([{ path: "/a.txt", outcome: "same" }]);
  });

  it("falls back to single files if a batch throws", async () => {
    const inner = await filled({ "/a": utf8("a"), "/b": utf8("b"), "/c": utf8("c") });
    const from = plain(inner, {
      downloadFiles: async (paths) => {
        if (paths.includes("/b")) throw new Error("b is broken");
        return inner.downloadFiles(paths);
      },
    });
    expect(await copyFiles(from, new MemoryBackend())).toEqual([
      { path: "/a", outcome: "copied" },
      { path: "/b", outcome: "failed", error: "b is broken" },
      { path: "/c", outcome: "copied" },
    ]);
  });

  it("names a directory that cannot be listed, and copies the others", async () => {
    const inner = await filled({ "/a/x": utf8("1"), "/b/x": utf8("2"), "/c/x": utf8("3") });
    const ls = (failure: string) => (path: string) => {
      if (path !== "/b/") return inner.ls(path);
      if (failure === "thrown") throw new Error("The directory is away.");
      return { error: "The directory is away." };
    };
    for (const failure of ["thrown", "answered"]) {
      const { uploadFiles, downloadFiles } = watched(inner);
      const from = plain(inner, {
        uploadFiles: uploadFiles!,
        downloadFiles: downloadFiles!,
        ls: ls(failure),
      });
      expect(await copyFiles(from, new MemoryBackend())).toEqual([
        { path: "/a/x", outcome: "copied" },
        { path: "/b/", outcome: "failed", error: "The directory is away." },
        { path: "/c/x", outcome: "copied" },
      ]);
      // A target whose listing fails is looked at file by file.
      const other = await filled({ "/b/x": utf8("other") });
      expect(await copyFiles(other, from)).toMatchObject([{ path: "/b/x", outcome: "failed" }]);
      expect((await inner.read("/b/x")).content).toBe("2");
    }
  });

  it("copies from a CompositeBackend each mounted file once, and into it", async () => {
    const [base, a, b] = [
      await filled({ "/a/b/hidden": utf8("0"), "/a/x": utf8("1") }),
      new MemoryBackend(),
      new MemoryBackend(),
    ];
    await filled({ "/f": utf8("2") }, a);
    await filled({ "/g": utf8("3") }, b);
    const composite = new CompositeBackend(base, { "/a/b/": a, "/m/": b });
    const to = new CompositeBackend(new MemoryBackend(), { "/a/": new MemoryBackend() });
    const expected = ["/a/b/f", "/a/x", "/m/g"];
    expect(await copyFiles(composite, to)).toEqual(expected.map((path) => ({ path, outcome: "copied" })));
    expect(await copyFiles(composite, to)).toEqual(expected.map((path) => ({ path, outcome: "same" })));
  });
});

it("lends its bytes to the target, which need not copy them", async () => {
  const from = await filled({ "/a.bin": bytes(0xff, 0, 1) });
  const seen: unknown[] = [];
  const store = new MemoryFileStore();
  const to = new RemoteBackend(
    layer(store, {
      put: (changes) => {
        seen.push(...changes.map((change) => change.content));
        return store.put(changes);
      },
    }),
  );
  const given: unknown[] = [];
  const downloads: BackendProtocolV2 = Object.assign(Object.create(from) as BackendProtocolV2, {
    ls: from.ls.bind(from),
    readRaw: from.readRaw.bind(from),
    downloadFiles: async (paths: string[]) => {
      const answers = await from.downloadFiles(paths);
      given.push(...answers.map(({ content }) => content));
      return answers;
    },
  });
  expect(tally(await copyFiles(downloads, to))).toEqual({ copied: 1, same: 0, failed: 0 });
  expect(seen).toHaveLength(1);
  expect(seen[0]).toBe(given[0]);
  // Other callers of uploadFiles may change their bytes at once.
  const own = bytes(0xff, 2);
  const uploading = to.uploadFiles([["/b.bin", own]]);
  own.fill(7);
  await uploading;
  expect(await contents(to, ["/b.bin"])).toEqual({ "/b.bin": bytes(0xff, 2) });
});
