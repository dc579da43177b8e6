import { describe, expect, it } from "@jest/globals";
import { type FileStore, layer, MemoryFileStore } from "../../src/adapter.js";
import { RemoteBackend, RemoteBackendError } from "../../src/index.js";

const unavailable = () => new RemoteBackendError("unavailable", "The service is away.");
const lost = () => new RemoteBackendError("unknown-outcome", "The answer was lost.");

/** Answers every nth call of a method with an error, before or after doing the work. */
function failing(
  inner: FileStore,
  method: "get" | "put" | "delete",
  every: number,
  when: "before" | "after",
): FileStore {
  let calls = 0;
  const original = inner[method].bind(inner) as (...parameters: unknown[]) => Promise<unknown>;
  return layer(inner, {
    [method]: async (...parameters: unknown[]) => {
      const fails = ++calls % every === 0;
      if (fails && when === "before") throw unavailable();
      const answer = await original(...parameters);
      if (fails) throw lost();
      return answer;
    },
  });
}

const paths = (n: number) => Array.from({ length: n }, (_, i) => `/f${i}.txt`);

describe("lost answers", () => {
  it("apply no edit twice: 200 edits by 4 writers end in exactly 200", async () => {
    const store = new MemoryFileStore();
    const writers = [7, 6, 5, 8].map((every) => new RemoteBackend(failing(store, "put", every, "after")));
    await writers[0]!.write("/n.txt", "n");
    await Promise.all(
      writers.map(async (writer) => {
        for (let i = 0; i < 50; i++)
          expect(await writer.edit("/n.txt", "n", "n+")).not.toHaveProperty("error");
      }),
    );
    expect((await writers[0]!.read("/n.txt")).content).toBe(`n${"+".repeat(200)}`);
  });

  it("do not report a create as an existing file", async () => {
    const backend = new RemoteBackend(failing(new MemoryFileStore(), "put", 2, "after"));
    for (const path of paths(10))
      expect(await backend.write(path, path)).toEqual({ path, filesUpdate: null });
  });

  it("do not report a delete as a missing file", async () => {
    const backend = new RemoteBackend(failing(new MemoryFileStore(), "delete", 1_000, "after"));
    const losing = new MemoryFileStore();
    const loser = new RemoteBackend(failing(losing, "delete", 2, "after"));
    for (const path of paths(4)) {
      await loser.write(path, "x");
      expect(await loser.delete(path)).toEqual({ path, filesUpdate: null });
    }
    expect((await backend.delete("/missing")).error).toContain("not found");
  });

  it("are resolved immediately, without the pause of a retry", async () => {
    const store: FileStore = new MemoryFileStore();
    const slowLoss = new RemoteBackendError("unknown-outcome", "lost", { retryAfterMs: 3_600_000 });
    const backend = new RemoteBackend(
      layer(store, {
        async put(changes, options) {
          await store.put(changes, options);
          throw slowLoss;
        },
      }),
    );
    expect(await backend.write("/a.txt", "x")).toEqual({ path: "/a.txt", filesUpdate: null });
  });

  it("are reported as unknown if too many ids came in between", async () => {
    const store: FileStore = new MemoryFileStore();
    const rival = new RemoteBackend(store);
    let first = true;
    const backend = new RemoteBackend(
      layer(store, {
        async put(changes, options) {
          const answer = await store.put(changes, options);
          if (!first) return answer;
          first = false;
          for (let i = 0; i < 70; i++)
            expect(await rival.edit("/a.txt", "c", "ac")).not.toHaveProperty("error");
          throw lost();
        },
      }),
    );
    await rival.write("/a.txt", "ab");
    expect((await backend.edit("/a.txt", "b", "c")).error).toContain("unknown");
    expect((await rival.read("/a.txt")).content).toMatch(/^a+c$/);
  });
});

describe("a briefly unavailable service", () => {
  it.each(["get", "put", "delete"] as const)("is retried (%s)", async (method) => {
    const backend = new RemoteBackend(failing(new MemoryFileStore(), method, 2, "before"));
    for (const path of paths(6)) {
      expect(await backend.write(path, path)).toEqual({ path, filesUpdate: null });
      expect((await backend.read(path)).content).toBe(path);
      expect((await backend.downloadFiles([path]))[0]?.error).toBeNull();
      expect(await backend.delete(path)).toEqual({ path, filesUpdate: null });
    }
  });

  it("does not interrupt a listing", async () => {
    const store = new MemoryFileStore();
    let failures = 0;
    const backend = new RemoteBackend(
      layer(store, {
        async *list(prefix, options) {
          for await (const page of store.list(prefix, options)) {
            yield page.slice(0, 3);
            if (page.length <= 3) continue;
            failures++;
            throw unavailable();
          }
        },
      }),
    );
    await backend.uploadFiles(paths(10).map((path) => [path, Buffer.from(path)]));
    expect((await backend.ls("/")).files?.map(({ path }) => path)).toEqual(paths(10));
    expect((await backend.glob("*.txt")).files).toHaveLength(10);
    expect(failures).toBe(6);
  });
});

/** A store that cannot do anything. */
function broken(error: unknown): RemoteBackend {
  const fail = () => Promise.reject(error);
  return new RemoteBackend(
    layer(new MemoryFileStore(), {
      get: fail,
      // biome-ignore lint/correctness/useYield: it fails before its first page.
      async *list() {
        throw error;
      },
      put: fail,
      delete: fail,
    }),
  );
}

describe("a failing storage", () => {
  const backend = broken(
    new RemoteBackendError("permission-denied", "The bucket was not found; it is not a directory."),
  );

  it("is an error of every method, never content, an empty list or success", async () => {
    for (const answer of [
      await backend.ls("/a"),
      await backend.read("/a"),
      await backend.readRaw("/a"),
      await backend.write("/a", ""),
      await backend.edit("/a", "x", "y"),
      await backend.grep("x"),
      await backend.glob("*"),
      await backend.delete("/a"),
    ]) {
      expect(answer).toEqual({ error: expect.any(String) });
    }
  });

  it("is not reported in words that deepagents interprets as absence or a plain file", async () => {
    for (const { error } of [await backend.ls("/secret"), await backend.delete("/secret")]) {
      expect(error).not.toMatch(/not found|not a directory|secret/);
    }
  });

  it("is not a missing file in a batch", async () => {
    expect(await backend.downloadFiles(["/a", "/b"])).toEqual(
      ["/a", "/b"].map((path) => ({
        path,
        content: null,
        error: "permission_denied",
        message: expect.any(String),
      })),
    );
    expect((await backend.uploadFiles([["/a", Buffer.from("x")]]))[0]?.error).toBe("permission_denied");
  });

  it("may throw anything", async () => {
    const answer = await broken(new TypeError("password=hunter2")).write("/a", "x");
    expect(answer.error).toContain("TypeError");
    expect(answer.error).not.toContain("hunter2");
  });

  it("may never answer", async () => {
    const never = () => new Promise<never>(() => {});
    const silent = () =>
      new RemoteBackend(layer(new MemoryFileStore(), { get: never, put: never }), {
        operationTimeoutMs: 20,
      });
    expect((await silent().read("/a")).error).toContain("did not answer within 20 ms");
    expect((await silent().write("/a", "x")).error).toContain("unknown whether");
  });
});

describe("one bad file", () => {
  it("does not abort a search, and is an error if requested by path", async () => {
    const store = new MemoryFileStore();
    const backend = new RemoteBackend(
      layer(store, {
        get: async (keys) =>
          (await store.get(keys)).map((file) =>
            file?.key === "b.txt" ? new RemoteBackendError("corrupt", "This is no file.") : file,
          ),
      }),
    );
    for (const path of ["/a.txt", "/b.txt", "/c.txt"]) await backend.write(path, "x");
    expect((await backend.grep("x")).matches?.map(({ path, line }) => [path, line])).toEqual([
      ["/a.txt", 1],
      ["/b.txt", 0],
      ["/c.txt", 1],
    ]);
    expect((await backend.read("/b.txt")).error).toBe("Cannot read '/b.txt': This is no file.");
    expect((await backend.downloadFiles(["/a.txt", "/b.txt"])).map(({ error }) => error)).toEqual([
      null,
      "permission_denied",
    ]);
  });
});

describe("a stale cache", () => {
  it("may let an edit succeed, never fail", async () => {
    const store = new MemoryFileStore();
    const rival = new RemoteBackend(store);
    await rival.write("/a.txt", "old");
    const outdated = await store.get(["a.txt"]);
    const asked: (boolean | undefined)[] = [];
    const backend = new RemoteBackend(
      layer(store, {
        get: async (keys, options) => {
          asked.push(options.stale);
          return options.stale ? outdated : store.get(keys);
        },
      }),
    );
    await rival.edit("/a.txt", "old", "new");
    expect(await backend.edit("/a.txt", "new", "newer")).toMatchObject({ occurrences: 1 });
    await rival.delete("/a.txt");
    expect((await backend.edit("/a.txt", "old", "x")).error).toContain("not found");
    expect(asked).toEqual([true, false, true, false]);
  });
});
