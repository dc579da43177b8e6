import { describe, expect, it } from "@jest/globals";
import { type Author, copyFiles, MemoryBackend, RemoteBackend } from "../../src/index.js";
import { MemoryFileStore } from "../../src/store/memory-file-store.js";

const A = "/notes/a.txt";
const bytes = (text: string) => new TextEncoder().encode(text);
const make = (by?: () => Author | undefined) =>
  new MemoryBackend({ history: by ? { by } : true, writeMode: "overwrite" });

/** Versions of a file, oldest first. */
async function versionsOf(backend: MemoryBackend, path = A) {
  const { versions = [] } = await backend.history(path);
  return [...versions].reverse();
}

const kinds = async (backend: MemoryBackend, path = A) =>
  (await versionsOf(backend, path)).map(({ kind }) => kind);

const content = async (result: Promise<{ data?: { content: unknown }; error?: string }>) => {
  const { data, error } = await result;
  return data?.content ?? error;
};

describe("history", () => {
  it("has every change with its kind, size and author, newest first", async () => {
    let step = 0;
    const backend = make(() => ({ thread: "t", checkpoint: `c${++step}`, agent: "writer", user: "u" }));
    await backend.write(A, "one");
    await backend.write(A, "one more");
    await backend.edit(A, "more", "less");
    await backend.uploadFiles([[A, bytes("up")]]);
    await backend.delete(A);
    await backend.write(A, "again");
    const { versions } = await backend.history(A);
    expect(versions!.map(({ kind, size, by, current }) => [kind, size, by?.checkpoint, current])).toEqual([
      ["create", 5, "c6", true],
      ["delete", undefined, "c5", undefined],
      ["upload", 2, "c4", undefined],
      ["edit", 8, "c3", undefined],
      ["write", 8, "c2", undefined],
      ["create", 3, "c1", undefined],
    ]);
    expect(versions![0]).toMatchObject({ path: A, by: { thread: "t", agent: "writer", user: "u" } });
  });

  it("comes in pages", async () => {
    const backend = make();
    for (const text of ["a", "b", "c", "d", "e"]) await backend.write(A, text);
    const sizes: number[] = [];
    let before: string | undefined;
    do {
      const page = await backend.history(A, { limit: 2, before });
      sizes.push(page.versions!.length);
      before = page.next;
    } while (before);
    expect(sizes).toEqual([2, 2, 1]);
  });

  it("has no version for equal content", async () => {
    const backend = make();
    await backend.write(A, "same");
    await backend.uploadFiles([[A, bytes("same")]]);
    expect(await kinds(backend)).toEqual(["create"]);
    expect((await backend.history(A)).versions![0]).toMatchObject({ current: true });
  });

  it("is off by default, and says how to turn it on", async () => {
    const backend = new MemoryBackend();
    const error =
      "This backend keeps no history. Construct it with the option history: true; a view of the past has the history of its backend.";
    await backend.write(A, "x");
    expect(await backend.history(A)).toEqual({ error });
    expect(await backend.restore(A, "1")).toEqual({ error });
    expect(await backend.rewind(new Date())).toEqual({ error });
    expect(await backend.changes()).toEqual({ error });
    expect(await backend.erase("/")).toEqual({ error });
    expect(await backend.at(new Date()).ls("/")).toEqual({ error });
    expect(backend.capabilities.history).toBe(false);
  });

  it("refuses bad arguments with what would be right", async () => {
    const backend = make();
    await backend.write(A, "x");
    expect((await backend.history(A, { limit: 0 })).error).toMatch(
      "'limit' must be a whole number from 1 to 1000",
    );
    for (const path of ["/notes/", "/"]) {
      expect((await backend.history(path)).error).toMatch("is a directory");
      expect((await backend.readVersion(path, "1")).error).toMatch("is a directory");
      expect((await backend.restore(path, "1")).error).toMatch("is a directory");
      expect((await backend.diff(path, "1")).error).toMatch("is a directory");
    }
    expect((await backend.readVersion(A, "77")).error).toMatch("has no version '77'");
    expect((await backend.readVersion(A, 7 as never)).error).toMatch("'version' must be the identifier");
    expect((await backend.rewind(new Date(Number.NaN))).error).toMatch(
      "must be a valid Date, { version }, or",
    );
    expect(() => backend.at({ thread: "t" } as never)).toThrow("must be a valid Date, { version }, or");
    expect((await backend.erase("/", { before: "now" as never })).error).toMatch(
      "'before' must be a valid Date",
    );
  });

  it("changes nothing if an option is misspelled or undefined, and never rejects", async () => {
    const backend = make();
    await backend.write(A, "kept");
    await backend.write(A, "kept, too");
    const [first] = await versionsOf(backend);
    const version = first!.version;
    const wrong = [
      backend.erase(A, { befor: new Date() } as never),
      backend.erase(A, { before: undefined }),
      backend.restore(A, version, { ifversion: "7" } as never),
      backend.restore(A, version, { ifVersion: undefined }),
      backend.rewind({ version }, { paths: "/x" } as never),
      backend.rewind({ version }, { path: "" }),
      backend.rewind({ version }, null as never),
      backend.changes({ path: "" }),
      backend.changes({ thread: 5 as never }),
      backend.changes(null as never),
      backend.history(A, null as never),
    ];
    for (const result of wrong) expect(await result).toEqual({ error: expect.any(String) });
    expect((await backend.read(A)).content).toBe("kept, too");
    expect(await kinds(backend)).toEqual(["create", "write"]);
  });

  it("of a read-only backend cannot be changed", async () => {
    const store = new MemoryFileStore({ history: true });
    await new RemoteBackend(store, { history: true }).write(A, "kept");
    const backend = new RemoteBackend(store, { history: true, readOnly: true });
    const { versions } = await backend.history(A);
    const error = "This backend is read-only.";
    expect(await backend.restore(A, versions![0]!.version)).toEqual({ error });
    expect(await backend.rewind(new Date())).toEqual({ error });
    expect(await backend.erase("/")).toEqual({ error });
  });

  it("traces a rewind that succeeds as ok", async () => {
    const outcomes: unknown[] = [];
    const backend = new MemoryBackend({
      history: true,
      onOperation: ({ operation, outcome }) => outcomes.push([operation, outcome]),
    });
    await backend.write(A, "1");
    const then = (await backend.changes()).next!;
    await backend.edit(A, "1", "2");
    outcomes.length = 0;
    await backend.rewind({ version: then });
    expect(new Set(outcomes.map((each) => String(each)))).toEqual(new Set(["rewind,ok"]));
  });
});

describe("readVersion and diff", () => {
  it("read text and bytes as they were", async () => {
    const backend = make();
    await backend.write(A, "text\r\n\ufeff");
    await backend.uploadFiles([[A, new Uint8Array([0, 255, 1])]]);
    const [first, second] = await versionsOf(backend);
    expect(await content(backend.readVersion(A, first!.version))).toBe("text\r\n\ufeff");
    expect(await content(backend.readVersion(A, second!.version))).toEqual(new Uint8Array([0, 255, 1]));
  });

  it("compare two versions, the stored file, a deletion and bytes", async () => {
    const backend = make();
    await backend.write(A, "one\ntwo\nthree\n");
    await backend.edit(A, "two", "2");
    const [first, second] = await versionsOf(backend);
    const { diff } = await backend.diff(A, first!.version, second!.version);
    expect(diff).toBe(
      `--- ${A}\t${first!.version}\n+++ ${A}\t${second!.version}\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n`,
    );
    expect((await backend.diff(A, first!.version)).diff).toContain("-two\n+2\n");
    expect(await backend.diff(A, second!.version)).toEqual({ diff: "" });
    await backend.delete(A);
    const deletion = (await versionsOf(backend)).at(-1)!;
    expect((await backend.diff(A, second!.version, deletion.version)).diff).toContain("+++ /dev/null");
    await backend.uploadFiles([[A, new Uint8Array([0, 255, 1])]]);
    expect((await backend.diff(A, first!.version)).diff).toMatch(/^Binary files .* differ\n$/);
    expect((await backend.diff(A, "99")).error).toMatch("has no version '99'");
  });

  it("compare only the changed part of a large file", async () => {
    const backend = make();
    const lines = Array.from({ length: 200_000 }, (_, i) => `line ${i + 1}\n`);
    await backend.write(A, lines.join(""));
    await backend.write(A, lines.with(149_999, "new\n").join(""));
    await backend.write(A, lines.with(0, "new\n").with(-1, "new\n").join(""));
    const [first, second, third] = await versionsOf(backend);
    expect((await backend.diff(A, first!.version, second!.version)).diff).toContain(
      "@@ -149997,7 +149997,7 @@\n line 149997\n line 149998\n line 149999\n-line 150000\n+new\n line 150001\n",
    );
    expect((await backend.diff(A, first!.version, third!.version)).error).toMatch(
      /part of more than 50000 lines/,
    );
  });
});

describe("restore", () => {
  it("makes an old version the newest, also of a deleted file", async () => {
    const backend = make();
    await backend.write(A, "good");
    await backend.write(A, "ruined");
    const [good] = await versionsOf(backend);
    expect(await backend.restore(A, good!.version)).toEqual({ path: A });
    expect(await content(backend.readRaw(A))).toBe("good");
    await backend.delete(A);
    expect(await backend.restore(A, good!.version)).toEqual({ path: A });
    expect(await content(backend.readRaw(A))).toBe("good");
    expect(await kinds(backend)).toEqual(["create", "write", "restore", "delete", "restore"]);
  });

  it("is refused if the file changed since ifVersion", async () => {
    const backend = make();
    await backend.write(A, "one");
    await backend.write(A, "two");
    const [one, two] = await versionsOf(backend);
    await backend.write(A, "three");
    const refused = await backend.restore(A, one!.version, { ifVersion: two!.version });
    expect(refused).toMatchObject({ conflict: true, error: expect.stringMatching("has changed since") });
    expect(await content(backend.readRaw(A))).toBe("three");
    const three = (await versionsOf(backend)).at(-1)!;
    expect(await backend.restore(A, one!.version, { ifVersion: three.version })).toEqual({ path: A });
  });

  it("is refused where a directory stands now", async () => {
    const backend = make();
    await backend.write("/d", "file");
    const [file] = await versionsOf(backend, "/d");
    await backend.delete("/d");
    await backend.write("/d/f", "below");
    expect((await backend.restore("/d", file!.version)).error).toMatch("a file cannot also be a directory");
  });
});

describe("at", () => {
  it("is a read-only backend of the files as they were", async () => {
    const backend = make();
    await backend.write(A, "old word");
    await backend.write("/b.txt", "b");
    const [, b] = (await backend.changes()).changes!;
    await backend.write(A, "new");
    await backend.delete("/b.txt");
    await backend.write("/c.txt", "c");
    const past = backend.at({ version: b!.version });
    expect((await past.read(A)).content).toBe("old word");
    expect((await past.ls("/")).files!.map(({ path }) => path)).toEqual(["/b.txt", "/notes/"]);
    expect((await past.glob("**/*.txt")).files!.map(({ path }) => path)).toEqual(["/b.txt", A]);
    expect((await past.grep("word")).matches).toHaveLength(1);
    expect((await past.grep("new")).matches).toHaveLength(0);
    expect((await past.write("/d.txt", "d")).error).toMatch("read-only");
    expect((await past.read("/c.txt")).error).toMatch("not found");
    const target = new MemoryBackend();
    expect((await copyFiles(past, target)).map(({ path, outcome }) => [path, outcome])).toEqual([
      ["/b.txt", "copied"],
      [A, "copied"],
    ]);
  });

  it("finds a checkpoint as its step found the files, in its own thread only", async () => {
    let by: Author = { thread: "t", checkpoint: "1" };
    const backend = make(() => by);
    await backend.write(A, "one");
    by = { thread: "t", checkpoint: "3" };
    await backend.write(A, "two");
    await backend.write(A, "two again");
    by = { thread: "other", checkpoint: "1" };
    await backend.write(A, "other");
    expect((await backend.at({ thread: "t", checkpoint: "3" }).read(A)).content).toBe("one");
    // A step of the model, which changes no files.
    expect((await backend.at({ thread: "t", checkpoint: "2" }).read(A)).content).toBe("one");
    expect((await backend.at({ thread: "t", checkpoint: "1" }).read(A)).error).toMatch("not found");
    expect((await backend.at({ thread: "t", checkpoint: "4" }).read(A)).error).toMatch(
      "No change of thread 't' at checkpoint '4'",
    );
    expect((await backend.at(new Date(0)).read(A)).error).toMatch("is before the history, which begins at");
  });

  it("sees the files of its own namespace only", async () => {
    const backend = make();
    const [acme, rival] = [backend.withNamespace(["acme"]), backend.withNamespace(["rival"])];
    await acme.write(A, "secret");
    const [version] = (await acme.changes()).changes!;
    await rival.write(A, "rival");
    expect((await rival.history(A)).versions).toHaveLength(1);
    expect((await rival.changes()).changes!.map(({ size }) => size)).toEqual([5]);
    expect((await rival.readVersion(A, version!.version)).error).toMatch("has no version");
    expect((await rival.at({ version: version!.version }).read(A)).error).toMatch("There is no version");
    expect(await rival.erase("/")).toEqual({ files: 1, versions: 1 });
    expect((await acme.history(A)).versions).toHaveLength(1);
  });
});

describe("rewind", () => {
  it("makes a workspace as it was, and can be rewound", async () => {
    const backend = make();
    await backend.write(A, "a");
    await backend.write("/b.txt", "b");
    await backend.write("/same.txt", "same");
    const then = (await backend.changes()).next!;
    await backend.write(A, "ruined");
    await backend.delete("/b.txt");
    await backend.write("/b.txt/below", "where a file was");
    await backend.write("/same.txt", "other");
    await backend.write("/same.txt", "same");
    const now = (await backend.changes()).next!;
    const { files } = await backend.rewind({ version: then });
    expect(files!.map(({ path, outcome }) => `${path} ${outcome}`).sort()).toEqual([
      "/b.txt restored",
      "/b.txt/below deleted",
      "/notes/a.txt restored",
      "/same.txt unchanged",
    ]);
    expect((await backend.read(A)).content).toBe("a");
    expect((await backend.read("/b.txt")).content).toBe("b");
    await backend.rewind({ version: now });
    expect((await backend.read(A)).content).toBe("ruined");
    expect((await backend.read("/b.txt/below")).content).toBe("where a file was");
    expect(await kinds(backend, "/b.txt")).toEqual(["create", "delete", "restore", "delete"]);
  });

  it("touches only the given path", async () => {
    const backend = make();
    await backend.write("/d/a", "1");
    await backend.write("/d2/a", "1");
    const then = (await backend.changes()).next!;
    await backend.write("/d/a", "2");
    await backend.write("/d2/a", "2");
    const { files } = await backend.rewind({ version: then }, { path: "/d" });
    expect(files).toEqual([{ path: "/d/a", outcome: "restored" }]);
    expect((await backend.read("/d2/a")).content).toBe("2");
  });

  it("answers once for each file if a step fails as a whole", async () => {
    let isBroken = false;
    const backend = make(() => {
      if (isBroken) throw new Error("no author");
      return undefined;
    });
    await backend.write(A, "1");
    const then = (await backend.changes()).next!;
    await backend.write(A, "2");
    await backend.write("/new", "x");
    isBroken = true;
    const error = "The function given as 'history.by' failed.";
    expect((await backend.rewind({ version: then })).files).toEqual([
      { path: "/new", outcome: "failed", error },
      { path: A, outcome: "failed", error },
    ]);
    expect((await backend.read(A)).content).toBe("2");
  });

  it("reports the failure of one file and goes on", async () => {
    const store = new MemoryFileStore({ history: true });
    const backend = new RemoteBackend(store, { history: true, writeMode: "overwrite", mountPath: "/" });
    await backend.write("/x", "file");
    await backend.write("/y", "1");
    const then = (await backend.changes()).next!;
    await backend.delete("/x");
    await backend.write("/y", "2");
    await backend.write("/x/below", "new");
    const refused = store.delete.bind(store);
    store.delete = async (key, options) => {
      if (key === "x/below") throw Object.assign(new Error(), await denied());
      return refused(key, options);
    };
    const { files } = await backend.rewind({ version: then });
    expect(files!.map(({ path, outcome }) => `${path} ${outcome}`).sort()).toEqual([
      "/x failed",
      "/x/below failed",
      "/y restored",
    ]);
  });
});

/** Returns the fields of an error of the service. */
async function denied() {
  const { RemoteBackendError } = await import("../../src/index.js");
  return new RemoteBackendError("permission-denied", "The service denied access.");
}

describe("changes", () => {
  it("are an audit log in order, by path and thread, in pages that lose and repeat nothing", async () => {
    let thread = "t1";
    const backend = make(() => ({ thread }));
    await backend.write("/d/a", "1");
    thread = "t2";
    await backend.write("/d/b", "2");
    await backend.write("/d2", "3");
    await backend.delete("/d/a");
    const names = async (options: Parameters<typeof backend.changes>[0]) =>
      (await backend.changes(options)).changes!.map(({ path, kind }) => `${kind} ${path}`);
    expect(await names({})).toEqual(["create /d/a", "create /d/b", "create /d2", "delete /d/a"]);
    expect(await names({ path: "/d" })).toEqual(["create /d/a", "create /d/b", "delete /d/a"]);
    expect(await names({ path: "/d/a" })).toEqual(["create /d/a", "delete /d/a"]);
    expect(await names({ thread: "t1" })).toEqual(["create /d/a"]);
    const first = await backend.changes({ limit: 3 });
    expect(first.changes).toHaveLength(3);
    const rest = await backend.changes({ since: first.next });
    expect(rest.changes!.map(({ kind }) => kind)).toEqual(["delete"]);
    const end = await backend.changes({ since: rest.next });
    expect(end).toEqual({ changes: [], next: rest.next });
    await backend.write("/later", "x");
    expect(await names({ since: end.next })).toEqual(["create /later"]);
  });
});

describe("erase", () => {
  it("removes files and every version", async () => {
    const backend = make();
    await backend.write("/d/a", "1");
    await backend.write("/d/a", "2");
    await backend.write("/d/b", "1");
    await backend.delete("/d/b");
    await backend.write("/e", "kept");
    expect(await backend.erase("/d")).toEqual({ files: 1, versions: 3 });
    expect((await backend.changes()).changes!.map(({ path }) => path)).toEqual(["/e"]);
    expect((await backend.ls("/")).files!.map(({ path }) => path)).toEqual(["/e"]);
  });
});

describe("a guarded write", () => {
  it("says by whom the file was changed, and takes no look at the past for one at the file", async () => {
    let by: Author = {};
    let reader = "anna";
    const backend = new MemoryBackend({
      history: { by: () => by },
      writeMode: "guarded",
      reader: () => reader,
    });
    await backend.write(A, "one");
    by = { agent: "writer", user: "bob", thread: "t-1" };
    reader = "bob";
    await backend.edit(A, "one", "two");
    reader = "anna";
    expect((await backend.write(A, "three")).error).toMatch(
      `has been changed by agent 'writer' of user 'bob' in thread 't-1' since you read it`,
    );
    const [first, second] = await versionsOf(backend);
    await backend.at({ version: second!.version }).read(A);
    expect((await backend.write(A, "three")).error).toMatch("has been changed by");
    expect((await backend.read(A)).content).toBe("two");
    await backend.at({ version: first!.version }).read(A);
    expect((await backend.write(A, "three")).error).toBeUndefined();
  });
});

describe("by", () => {
  it("fails the change if it throws, is async or returns something else", async () => {
    let by: () => unknown = () => {
      throw new Error("secret");
    };
    const backend = make(() => by() as never);
    const write = async () => (await backend.write("/a", "x")).error;
    expect(await write()).toMatch("The function given as 'history.by' failed.");
    by = async () => ({});
    expect(await write()).toMatch("it must not be async");
    by = () => "me";
    expect(await write()).toMatch("must return an object with any of thread, checkpoint, agent, user");
    by = () => ({ user: "x".repeat(129) });
    expect(await write()).toMatch("'user' that the function given as 'history.by' returned must be");
    by = () => ({ thread_id: "t" });
    expect(await write()).toMatch("returned 'thread_id'; an author has only thread, checkpoint, agent, user");
    by = () => ({ user: "two\nlines" });
    expect(await write()).toMatch("without control characters");
    by = () => ({ user: "me" });
    expect(await write()).toBeUndefined();
    by = () => undefined;
    expect((await backend.write("/b", "x")).error).toBeUndefined();
    expect((await backend.history("/a")).versions![0]!.by).toEqual({ user: "me" });
    expect((await backend.history("/b")).versions![0]).not.toHaveProperty("by");
  });

  it("is an option that is checked", () => {
    const make = (history: unknown) => () => new MemoryBackend({ history: history as never });
    expect(make("yes")).toThrow("option 'history' must be true, false, or an object");
    expect(make({ by: "me" })).toThrow("option 'history' must be true, false, or an object");
    expect(make({ retention: { days: 0 } })).toThrow("option 'history'");
    expect(make({ retention: { days: 30 }, by: () => undefined })).not.toThrow();
  });
});
