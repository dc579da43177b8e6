import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { type FileStore, layer, MemoryFileStore } from "../../src/adapter.js";
import { RemoteBackend, RemoteBackendError } from "../../src/index.js";

const away = () => new RemoteBackendError("unavailable", "Nothing listens at store:9000.");

type Method = "open" | "get" | "list" | "apply" | "remove";

/** A store in memory that fails on demand, and counts what it is asked. */
function flaky(maxAttempts = 2) {
  const inner = new MemoryFileStore();
  const asked: Method[] = [];
  const state = { fault: undefined as (() => unknown) | undefined, asked };
  const before = async (method: Method) => {
    asked.push(method);
    await state.fault?.();
  };
  const store: FileStore = layer(inner, {
    maxAttempts,
    open: () => before("open"),
    get: async (keys) => {
      await before("get");
      return inner.get(keys);
    },
    async *list(prefix, options) {
      await before("list");
      yield* inner.list(prefix, options);
    },
    put: async (changes) => {
      await before("apply");
      return inner.put(changes);
    },
    delete: async (key, options) => {
      await before("remove");
      return inner.delete(key, options);
    },
  });
  return { store, state };
}

const fails = () => {
  throw away();
};
const hangs = () => new Promise<never>(() => {});

/** A backend with a file, whose store then fails. */
async function prepare(fault: () => unknown, options: { operationTimeoutMs?: number } = {}) {
  const { store, state } = flaky();
  const backend = new RemoteBackend(store, options);
  await backend.write("/a.txt", "needle");
  state.asked.length = 0;
  state.fault = fault;
  return { backend, state };
}

/** Makes the clock of the circuit breaker go on. */
function later(ms: number) {
  const now = performance.now.bind(performance);
  jest.spyOn(performance, "now").mockImplementation(() => now() + ms);
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe("after an operation timed out", () => {
  it("all others fail fast, with the reason", async () => {
    const { backend, state } = await prepare(fails);
    expect((await backend.ls("/")).error).toBe("Nothing listens at store:9000.");
    expect(state.asked).toEqual(["list", "list"]);
    const reason =
      "The operation was not sent, because the storage is unavailable. Nothing listens at store:9000.";
    const answers = [
      await backend.write("/b.txt", "x"),
      await backend.edit("/a.txt", "needle", "x"),
      await backend.read("/a.txt"),
      await backend.grep("needle"),
      await backend.glob("*"),
      await backend.delete("/a.txt"),
    ];
    for (const { error } of answers) expect(error).toContain(reason);
    expect(await backend.downloadFiles(["/a.txt"])).toEqual([
      { path: "/a.txt", content: null, error: "permission_denied", message: reason },
    ]);
    expect(await backend.uploadFiles([["/a.txt", Buffer.from("x")]])).toEqual([
      { path: "/a.txt", error: "permission_denied", message: reason },
    ]);
    // One probe: the next one is not due.
    expect(state.asked).toEqual(["list", "list", "get"]);
    later(1_000);
    await backend.ls("/");
    expect(state.asked).toEqual(["list", "list", "get", "get"]);
  });

  it("the first one after the recovery is sent", async () => {
    const { backend, state } = await prepare(fails);
    await backend.ls("/");
    await backend.ls("/");
    state.fault = undefined;
    later(1_000);
    expect(await backend.write("/b.txt", "x")).toEqual({ path: "/b.txt", filesUpdate: null });
    expect((await backend.read("/a.txt")).content).toBe("needle");
  });

  it("an unopened backend makes one attempt to open", async () => {
    const { store, state } = flaky(3);
    state.fault = fails;
    const backend = new RemoteBackend(store);
    expect((await backend.ls("/")).error).toMatch(
      /^Nothing listens at store:9000\. Gave up after 3 attempts in \d+ s\.$/,
    );
    await backend.ls("/");
    expect(state.asked).toEqual(["open", "open", "open", "open"]);
    state.fault = undefined;
    later(1_000);
    expect(await backend.ls("/")).toEqual({ files: [] });
  });

  it("backends of other namespaces fail fast too", async () => {
    const { backend, state } = await prepare(fails);
    await backend.withNamespace(["bob"]).ls("/");
    state.asked.length = 0;
    expect((await backend.ls("/")).error).toContain("was not sent");
    expect(state.asked).toEqual(["get"]);
  });

  it("per-file failures of a batch count too", async () => {
    const { backend } = await prepare(fails);
    expect(await backend.downloadFiles(["/a.txt"])).toMatchObject([{ error: "permission_denied" }]);
    expect((await backend.ls("/")).error).toContain("was not sent");
  });

  it("operations fail while a probe hangs, instead of queuing for it", async () => {
    const { backend, state } = await prepare(hangs, { operationTimeoutMs: 50 });
    expect((await backend.read("/a.txt")).error).toContain("did not answer within 50 ms");
    // The first waits for the probe, for as long as it may take itself.
    expect((await backend.read("/a.txt")).error).toContain("did not answer within 50 ms");
    later(1_000);
    for (let i = 0; i < 20; i++) expect((await backend.write("/b.txt", "x")).error).toContain("was not sent");
    expect(state.asked).toEqual(["get", "get"]);
  });

  it("initialize() keeps retrying", async () => {
    const { store, state } = flaky();
    const backend = new RemoteBackend(store);
    state.fault = fails;
    await expect(backend.initialize()).rejects.toThrow(
      /^Nothing listens .* Gave up after 2 attempts in \d+ s\.$/,
    );
    expect(state.asked).toEqual(["open", "open"]);
    await backend.ls("/");
    state.fault = undefined;
    await backend.initialize();
    expect(await backend.ls("/")).toEqual({ files: [] });
  });
});

describe("operations are still sent", () => {
  it("after one attempt failed and the next one succeeded", async () => {
    const { backend, state } = await prepare(() => {
      state.fault = undefined;
      throw away();
    });
    expect((await backend.read("/a.txt")).content).toBe("needle");
    await backend.read("/a.txt");
    expect(state.asked).toEqual(["get", "get", "get"]);
  });

  it("after a refusal", async () => {
    const { backend, state } = await prepare(() => {
      throw new RemoteBackendError("permission-denied", "The role may not do this.");
    });
    for (let i = 0; i < 3; i++) expect((await backend.ls("/")).error).toBe("The role may not do this.");
    expect(state.asked).toEqual(["list", "list", "list"]);
  });

  it("if others were answered while one waited", async () => {
    let isFirst = true;
    const { backend, state } = await prepare(
      () => {
        if (!isFirst) return;
        isFirst = false;
        return hangs();
      },
      { operationTimeoutMs: 50 },
    );
    const slow = backend.read("/a.txt");
    expect((await backend.ls("/")).files).toHaveLength(1);
    expect((await slow).error).toContain("did not answer within 50 ms");
    state.asked.length = 0;
    await backend.ls("/");
    expect(state.asked).toEqual(["list"]);
  });
});

it("initialize() checks a known service again", async () => {
  const { store, state } = flaky();
  const backend = new RemoteBackend(store);
  await backend.initialize();
  await backend.initialize();
  await backend.ls("/");
  expect(state.asked).toEqual(["open", "open", "list"]);
});
