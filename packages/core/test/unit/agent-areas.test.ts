import { describe, expect, it } from "@jest/globals";
import { CompositeBackend } from "deepagents";
import { MemoryBackend, MemoryFileStore, RemoteBackend } from "../../src/index.js";

describe("an area under a mount, which CompositeBackend takes off the paths", () => {
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
    expect((await composite.write(path, "## two\n")).error).toMatch(/does not contain it/);
    expect(await composite.write(path, "## one\n## two\n")).not.toHaveProperty("error");
    expect(await text(composite, path)).toBe("## one\n## two\n");
  });

  it("is known by the mount of a backend, also above the area", async () => {
    const backend = new MemoryBackend({ mountPath: "/conversation_history/old", writeMode: "overwrite" });
    await backend.write("/a.md", "one");
    expect((await backend.write("/a.md", "two")).error).toMatch(/does not contain it/);
  });

  it("of another mount is none", async () => {
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
      /does not contain it/,
    );
    expect((await backend.readRaw("/conversation_history/a.md")).data?.content).toBe("## one\n");
  }
});
