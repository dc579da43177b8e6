import { tracingChannel } from "node:diagnostics_channel";
import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { layer, MemoryFileStore } from "../../src/adapter.js";
import {
  MemoryBackend,
  OPERATION_CHANNEL,
  type OperationTrace,
  RemoteBackend,
  RemoteBackendError,
  type RemoteBackendOptions,
} from "../../src/index.js";

describe("options", () => {
  it.each([
    [{ namespce: ["a"] }, "there is no option 'namespce': did you mean 'namespace'?"],
    [{ max_file_bytes: 1 }, "there is no option 'max_file_bytes': did you mean 'maxFileBytes'?"],
    [{ timeout: 1 }, "there is no option 'timeout': did you mean 'operationTimeoutMs'?"],
    [{ color: 1 }, "there is no option 'color'; the options are namespace, writeMode"],
    [{ namespace: undefined }, "option 'namespace' is undefined: set the environment variable"],
    [{ writeMode: "overwite" }, `or a function; did you mean "overwrite"?`],
    [{ writeMode: "" }, "or a function, not an empty string."],
    [{ maxFileBytes: "5" }, "option 'maxFileBytes' must be a whole number of at least 1, not a string."],
    [{ maxFileBytes: Number.NaN }, "option 'maxFileBytes' must be a whole number of at least 1, not NaN."],
    [{ onError: {} }, "option 'onError' must be a function, not an object."],
    [
      { namespace: null },
      'option \'namespace\' must be an array of strings such as ["acme", "bob"], or a function that returns one, not null.',
    ],
    ["postgres://", "options must be an object, not a string."],
    [{ namespace: "acme" }, "option 'namespace' must be an array"],
    [{ namespace: ["acme", ""] }, "non-empty"],
    [
      { writeMode: "replace" },
      `option 'writeMode' must be one of "create", "overwrite", "guarded", or a function`,
    ],
    [{ writeMode: "guard" }, `or a function; did you mean "guarded"?`],
    [{ reader: "ann" }, "option 'reader' must be a function, not a string."],
    [{ readOnly: "yes" }, "option 'readOnly' must be true or false, not a string"],
    [{ maxFileBytes: 0 }, "option 'maxFileBytes' must be a whole number of at least 1"],
    [{ operationTimeoutMs: 1.5 }, "option 'operationTimeoutMs' must be a whole number"],
    [null, "options must be an object"],
  ])("refuses %j", (options, message) => {
    expect(() => new MemoryBackend(options as RemoteBackendOptions)).toThrow(message);
    expect(() => new MemoryBackend(options as RemoteBackendOptions)).toThrow(
      expect.objectContaining({ code: "invalid-options" }),
    );
  });

  it("refuses every change when read-only", async () => {
    const store = new MemoryFileStore();
    await new RemoteBackend(store).write("/a.txt", "x");
    const backend = new RemoteBackend(store, { readOnly: true });
    for (const { error } of [
      await backend.write("/b.txt", "x"),
      await backend.edit("/a.txt", "x", "y"),
      await backend.delete("/a.txt"),
    ]) {
      expect(error).toContain("read-only");
    }
    expect(await backend.uploadFiles([["/b.txt", Buffer.from("")]])).toEqual([
      { path: "/b.txt", error: "permission_denied", message: "This backend is read-only." },
    ]);
    expect((await backend.read("/a.txt")).content).toBe("x");
  });

  it("bounds files by their bytes", async () => {
    const backend = new MemoryBackend({ maxFileBytes: 4 });
    expect(await backend.write("/a.txt", "éé")).not.toHaveProperty("error");
    expect((await backend.write("/b.txt", "ééx")).error).toContain("5 bytes, and 4 are allowed");
    expect((await backend.edit("/a.txt", "é", "ééé", true)).error).toContain("12 bytes");
    expect((await backend.read("/a.txt")).content).toBe("éé");
    const [tooLarge] = await backend.uploadFiles([["/c", new Uint8Array(5)]]);
    expect(tooLarge).toMatchObject({
      error: "permission_denied",
      message: expect.stringContaining("5 bytes"),
    });
    expect((await backend.ls("/")).files).toHaveLength(1);
  });

  it("lets a function choose the write mode by path", async () => {
    const seen: string[] = [];
    const backend = new MemoryBackend({
      writeMode: (path) => {
        seen.push(path);
        return path.startsWith("/cache/") ? "overwrite" : "create";
      },
    });
    for (const path of ["./cache//a.txt", "/b.txt"]) await backend.write(path, "1");
    expect(await backend.write("/cache/a.txt", "2")).not.toHaveProperty("error");
    expect((await backend.write("/b.txt", "2")).error).toContain("already exists");
    expect(seen).toEqual(["/cache/a.txt", "/b.txt", "/cache/a.txt", "/b.txt"]);
  });
});

describe("namespaces", () => {
  it("nest, and share the storage", async () => {
    const root = new MemoryBackend();
    const acme = root.withNamespace(["acme"]);
    const bob = acme.withNamespace(["bob"]);
    await bob.write("/a.txt", "bob's");
    expect((await acme.read("/bob/a.txt")).content).toBe("bob's");
    expect((await root.glob("**")).files?.map(({ path }) => path)).toEqual(["/acme/bob/a.txt"]);
    expect((await root.withNamespace(["acme-corp"]).glob("**")).files).toEqual([]);
    expect((await root.withNamespace(["acme", "bo"]).glob("**")).files).toEqual([]);
    await acme.delete("/");
    expect((await bob.ls("/")).files).toEqual([]);
  });

  it("of a failing function are an error of every method, never the root", async () => {
    const store = new MemoryFileStore();
    await new RemoteBackend(store).write("/secret.txt", "x");
    const backend = new RemoteBackend(store, {
      namespace: () => {
        throw new Error("no user");
      },
    });
    expect(await backend.ls("/")).toEqual({ error: expect.stringContaining("namespace") });
    expect(await backend.read("/secret.txt")).toEqual({ error: expect.stringContaining("namespace") });
    expect(await backend.delete("/")).toEqual({ error: expect.stringContaining("namespace") });
    expect((await backend.downloadFiles(["/secret.txt"]))[0]).toMatchObject({
      content: null,
      error: "permission_denied",
    });
  });

  it("do not reveal another tenant's conflicting file", async () => {
    const root = new MemoryBackend();
    await root.write("/acme", "a file of the root");
    const { error } = await root.withNamespace(["acme"]).write("/x.txt", "x");
    expect(error).toContain("a file above this namespace");
    expect(error).not.toContain("acme");
  });

  it("count toward the length of a path", async () => {
    const backend = new MemoryBackend({ namespace: ["n".repeat(1_000)] });
    expect(await backend.write(`/${"x".repeat(23)}`, "")).not.toHaveProperty("error");
    expect((await backend.write(`/${"x".repeat(24)}`, "")).error).toContain("too long");
  });
});

describe("lifecycle", () => {
  it("opens once for concurrent operations, and again after a failure", async () => {
    let opened = 0;
    const backend = new RemoteBackend(
      layer(new MemoryFileStore(), {
        open: async () => {
          if (++opened === 1) throw new RemoteBackendError("misconfigured", "There is no table.");
        },
      }),
    );
    await expect(backend.initialize()).rejects.toThrow("There is no table.");
    await Promise.all([backend.ls("/"), backend.read("/a"), backend.initialize()]);
    expect(opened).toBe(2);
  });

  it("times out an opening that hangs, and tries again", async () => {
    let opened = 0;
    const store = layer(new MemoryFileStore(), {
      open: () => (++opened === 1 ? new Promise<void>(() => {}) : Promise.resolve()),
    });
    const backend = new RemoteBackend(store, { operationTimeoutMs: 50 });
    await expect(backend.initialize()).rejects.toMatchObject({ code: "timeout" });
    await backend.initialize();
    expect(opened).toBe(2);
    await backend.close();
  });

  it("waits for running operations when it closes, and refuses later ones", async () => {
    const store = new MemoryFileStore();
    const events: string[] = [];
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    let reached = () => {};
    const running = new Promise<void>((resolve) => (reached = resolve));
    const backend = new RemoteBackend(
      layer(store, {
        put: async (changes) => {
          reached();
          await released;
          events.push("written");
          return store.put(changes);
        },
        close: async () => void events.push("closed"),
      }),
    );
    const writing = backend.write("/a.txt", "x");
    await running;
    const closing = Promise.all([backend.close(), backend.close()]);
    expect((await backend.read("/a.txt")).error).toContain("was closed");
    expect((await backend.withNamespace(["a"]).ls("/")).error).toContain("was closed");
    release();
    expect(await writing).not.toHaveProperty("error");
    await closing;
    expect(events).toEqual(["written", "closed"]);
    await expect(backend.initialize()).rejects.toMatchObject({ code: "closed" });
    await backend[Symbol.asyncDispose]();
  });
});

describe("traces", () => {
  it("report every operation, and no file content", async () => {
    const traces: OperationTrace[] = [];
    const channel = tracingChannel<unknown, OperationTrace>(OPERATION_CHANNEL);
    const subscriber = { asyncEnd: (trace: OperationTrace) => void traces.push({ ...trace }) };
    channel.subscribe(subscriber as never);
    try {
      const backend = new MemoryBackend({ namespace: ["tenant-name"] });
      await backend.write("/a.txt", "héllo");
      await backend.edit("/a.txt", "missing-text", "y");
      await backend.downloadFiles(["/a.txt", "/b.txt"]);
      await backend.grep("search-text");
      await backend.ls("/../etc");
    } finally {
      channel.unsubscribe(subscriber as never);
    }
    const error = expect.objectContaining({ code: "invalid-path" });
    const common = { backend: "MemoryBackend", durationMs: expect.any(Number) };
    expect(traces).toEqual([
      { ...common, operation: "write", path: "/a.txt", bytes: 6, outcome: "ok" },
      { ...common, operation: "edit", path: "/a.txt", bytes: 0, outcome: "error" },
      { ...common, operation: "downloadFiles", files: 2, bytes: 6, outcome: "error" },
      { ...common, operation: "grep", path: "/", bytes: 0, outcome: "ok" },
      {
        ...common,
        operation: "ls",
        path: "/../etc",
        bytes: 0,
        outcome: "error",
        code: "invalid-path",
        error,
      },
    ]);
    expect(inspect(traces)).not.toMatch(/héllo|missing-text|search-text|tenant-name/);
  });
});

describe("arguments of the wrong type", () => {
  it("give an error result, never an exception", async () => {
    const backend = new MemoryBackend() as never as Record<string, (...values: unknown[]) => Promise<object>>;
    for (const method of ["ls", "read", "readRaw", "write", "edit", "glob", "delete"]) {
      for (const value of [undefined, null, 7, {}]) {
        const answer = await backend[method]!.call(backend, value, value, value);
        expect(method === "glob" || "error" in answer).toBe(true);
      }
    }
    expect(await backend.grep!.call(backend, null)).toHaveProperty("error");
    expect(await backend.glob!.call(backend, null)).toHaveProperty("error");
    for (const value of [undefined, null, "/a.txt", { "/a.txt": new Uint8Array() }, new Map()]) {
      const common = { path: typeof value === "string" ? value : "", error: "invalid_path" };
      expect(await backend.uploadFiles!.call(backend, value)).toEqual([
        { ...common, message: expect.stringContaining("takes an array of pairs [path, Uint8Array]") },
      ]);
      expect(await backend.downloadFiles!.call(backend, value)).toEqual([
        { ...common, content: null, message: expect.stringContaining("takes an array of paths") },
      ]);
    }
    expect(await backend.uploadFiles!.call(backend, ["/a.txt", new Uint8Array()])).toMatchObject(
      Array(2).fill({ error: "invalid_path", message: expect.stringContaining("must be a pair") }),
    );
    expect(await backend.uploadFiles!.call(backend, [["/a.txt", "text"]])).toMatchObject([
      { message: expect.stringContaining("for text use new TextEncoder().encode(text)") },
    ]);
    expect(await backend.write!.call(backend, "/a.txt", new Uint8Array())).toMatchObject({
      error: expect.stringContaining("not an object; for bytes use uploadFiles"),
    });
    expect(await backend.edit!.call(backend, "/a.txt", undefined, "")).toMatchObject({
      error: expect.stringContaining("must be strings, not undefined"),
    });
    expect(await backend.read!.call(backend, null)).toMatchObject({
      error: expect.stringContaining("A path must be a string such as '/notes.txt', not null."),
    });
    expect(await backend.uploadFiles!.call(backend, [null, ["/a"], [7, new Uint8Array()]])).toMatchObject(
      Array.from({ length: 3 }, () => ({ error: "invalid_path" })),
    );
    expect(await backend.downloadFiles!.call(backend, [null])).toMatchObject([{ error: "invalid_path" }]);
  });
});

describe("a search", () => {
  it("reads no more lines of a file than it may return", async () => {
    const backend = new MemoryBackend();
    await backend.write("/lines.txt", "\n".repeat(30_000_000));
    expect((await backend.grep("", "/", null, 10)).matches).toHaveLength(10);
    expect(await backend.grep("")).toMatchObject({ truncated: true });
  });
});

describe("errors", () => {
  it("are recognized from another copy of the package", () => {
    expect(RemoteBackendError.is(new RemoteBackendError("permission-denied", "x"))).toBe(true);
    expect(RemoteBackendError.is({ [Symbol.for("@deepagents-remote/error")]: true })).toBe(true);
    expect(RemoteBackendError.is(new Error("x"))).toBe(false);
    expect(RemoteBackendError.is(undefined)).toBe(false);
  });
});
