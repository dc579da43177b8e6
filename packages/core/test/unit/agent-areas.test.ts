import { describe, expect, it } from "@jest/globals";
import { CompositeBackend } from "deepagents";
import { layer, MemoryFileStore } from "../../src/adapter.js";
import { copyFiles, MemoryBackend, RemoteBackend } from "../../src/index.js";

describe("an area under a mount, whose prefix CompositeBackend strips", () => {
  const text = async (backend: MemoryBackend | CompositeBackend, path: string) =>
    (await backend.readRaw(path)).data?.content;

  it("is known by the mount of a namespace", async () => {
    const backend = new MemoryBackend();
    const composite = new CompositeBackend(new MemoryBackend(), {
      "/large_tool_results/": backend.withNamespace(["results"], { mountPath: "/large_tool_results/" }),
      "/conversation_history/": backend.withNamespace(["history"], { mountPath: "/conversation_history" }),
    });
    for (const content of ["first", "first", "second"]) {
      const path = "/large_tool_results/call_0.txt";
      expect(await composite.write(path, content)).not.toHaveProperty("error");
      expect(await text(composite, path)).toBe(content);
    }
    const path = "/conversation_history/thread.md";
    expect(await composite.write(path, "## one\n")).not.toHaveProperty("error");
    expect((await composite.write(path, "## two\n")).error).toMatch(/does not begin with it/);
    expect(await composite.write(path, "## one\n## two\n")).not.toHaveProperty("error");
    expect(await text(composite, path)).toBe("## one\n## two\n");
  });

  it("is known by the mount of a backend, also above the area", async () => {
    const backend = new MemoryBackend({ mountPath: "/conversation_history/old", writeMode: "overwrite" });
    await backend.write("/a.md", "one");
    expect((await backend.write("/a.md", "two")).error).toMatch(/does not begin with it/);
  });

  it("is not recognized for another mount", async () => {
    const backend = new MemoryBackend({ mountPath: "/data/" });
    await backend.write("/large_tool_results/a.txt", "one");
    expect((await backend.write("/large_tool_results/a.txt", "two")).error).toMatch(/already exists/);
  });

  it("needs no mount for a repeated result", async () => {
    const backend = new MemoryBackend();
    expect(await backend.write("/call_0.txt", "result")).not.toHaveProperty("error");
    expect(await backend.write("/call_0.txt", "result")).not.toHaveProperty("error");
  });

  it.each(["data", "/a/../b", "", 7])("%j is no mount", (mountPath) => {
    const options = { mountPath: mountPath as string };
    expect(() => new RemoteBackend(new MemoryFileStore(), options)).toThrow(/mountPath.*absolute path/);
    expect(() => new MemoryBackend().withNamespace(["a"], options)).toThrow(/mountPath.*absolute path/);
  });
});

it("a history is not replaced in overwrite mode, nor by a function", async () => {
  for (const writeMode of ["overwrite", () => "overwrite" as const] as const) {
    const backend = new MemoryBackend({ writeMode });
    await backend.write("/conversation_history/a.md", "## one\n");
    expect((await backend.write("/conversation_history/a.md", "## two\n")).error).toMatch(
      /does not begin with it/,
    );
    expect((await backend.readRaw("/conversation_history/a.md")).data?.content).toBe("## one\n");
  }
});

describe("an upload over a history", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const path = "/conversation_history/a.md";

  it.each([
    ["other text", "## one\n", "## two\n"],
    ["a part of it", "## one\n## two\n", "## one\n"],
    ["it, behind something else", "## one\n", "## two\n## one\n"],
    ["bytes that are no text", "## one\n", Uint8Array.of(0xff, 0xfe)],
    ["text over bytes", Uint8Array.of(0xff, 0xfe), "## one\n"],
  ])("is refused with %s, with a reason", async (_, old, other) => {
    const [before, content] = [old, other].map((one) => (typeof one === "string" ? bytes(one) : one));
    const backend = new MemoryBackend({ writeMode: "overwrite" });
    expect(await backend.uploadFiles([[path, before!]])).toEqual([{ path, error: null }]);
    expect(await backend.uploadFiles([[path, content!]])).toEqual([
      {
        path,
        error: "permission_denied",
        message: expect.stringMatching(/does not begin with it\. Download/),
      },
    ]);
    expect((await backend.downloadFiles([path]))[0]?.content).toEqual(before);
  });

  it("succeeds with bytes that are no longer text, if they begin with the stored text", async () => {
    const backend = new MemoryBackend();
    await backend.uploadFiles([[path, bytes("é\n")]]);
    const grown = Uint8Array.of(...bytes("é\n"), 0xff);
    expect(await backend.uploadFiles([[path, grown]])).toEqual([{ path, error: null }]);
    expect((await backend.downloadFiles([path]))[0]?.content).toEqual(grown);
  });

  it("of the same content changes nothing", async () => {
    const backend = new MemoryBackend();
    await backend.write(path, "## one\n");
    const before = await backend.readRaw(path);
    expect(await backend.uploadFiles([[path, bytes("## one\n")]])).toEqual([{ path, error: null }]);
    expect(await backend.readRaw(path)).toEqual(before);
  });

  it("is retried on the content of a concurrent writer", async () => {
    const rival = new MemoryFileStore();
    const other = new RemoteBackend(rival);
    await other.write(path, "## one\n");
    let appends = 1;
    const store = layer(rival, {
      put: async (changes) => {
        if (appends-- > 0) await other.edit(path, "## one\n", "## one\n## two\n");
        return rival.put(changes);
      },
    });
    const backend = new RemoteBackend(store);
    expect(await backend.uploadFiles([[path, bytes("## one\n## three\n")]])).toMatchObject([
      { error: "permission_denied" },
    ]);
    appends = 1;
    await other.edit(path, "## two\n", "");
    expect(await backend.uploadFiles([[path, bytes("## one\n## two\n## three\n")]])).toEqual([
      { path, error: null },
    ]);
  });

  it("is an upload over a history under a mount, and not under another one", async () => {
    const store = new MemoryFileStore();
    const [history, data] = ["/conversation_history/", "/data"].map(
      (mountPath) => new RemoteBackend(store, { mountPath }),
    );
    await history!.write("/a.md", "one");
    expect(await history!.uploadFiles([["/a.md", bytes("two")]])).toMatchObject([
      { error: "permission_denied" },
    ]);
    expect(await data!.uploadFiles([["/a.md", bytes("two")]])).toEqual([{ path: "/a.md", error: null }]);
    await data!.write(path, "one");
    expect(await data!.uploadFiles([[path, bytes("two")]])).toEqual([{ path, error: null }]);
  });

  it("by copyFiles stores new files, extends existing ones, and never replaces one", async () => {
    const [from, to] = [new MemoryBackend(), new MemoryBackend()];
    for (const name of ["new", "same", "longer", "other"]) {
      await from.write(`/conversation_history/${name}.md`, "## one\n");
    }
    await to.write("/conversation_history/same.md", "## one\n");
    await to.write("/conversation_history/longer.md", "## ");
    await to.write("/conversation_history/other.md", "## two\n");
    expect(await copyFiles(from, to, { overwrite: true })).toEqual([
      { path: "/conversation_history/longer.md", outcome: "copied" },
      { path: "/conversation_history/new.md", outcome: "copied" },
      {
        path: "/conversation_history/other.md",
        outcome: "failed",
        error: expect.stringMatching(/does not begin with it/),
      },
      { path: "/conversation_history/same.md", outcome: "same" },
    ]);
  });
});
