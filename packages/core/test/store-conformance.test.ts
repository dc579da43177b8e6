import { describe, expect, it } from "@jest/globals";
import { type FileStore, layer, MemoryFileStore } from "../src/adapter.js";
import { runStoreCase, runStoreConformance, storeCases } from "../src/conformance/index.js";
import { defineStoreTests } from "../src/conformance/jest.js";
import { withCheck, withPushDowns, withUnreadable, withUtf8Text } from "./conformance/push-downs.js";
import { storeMutants } from "./conformance/store-mutants/index.js";
import { brokenStore, type StoreMutant } from "./conformance/store-mutants/mutant.js";

defineStoreTests({
  name: "MemoryFileStore",
  timeoutMs: 600_000,
  create: () => new MemoryFileStore(),
  capabilities: { ownStorage: true },
});

// One storage for all cases, and several instances on it: what a service is.
const { store: shared, makeUnreadable } = withUnreadable(new MemoryFileStore());
defineStoreTests({
  name: "a layer with push-downs over a shared MemoryFileStore",
  timeoutMs: 600_000,
  create: () => {
    const open = () => withCheck(withPushDowns(withUtf8Text(shared)));
    return { store: open(), open, makeUnreadable };
  },
});

defineStoreTests({
  name: "MemoryFileStore with a history",
  timeoutMs: 600_000,
  create: () => new MemoryFileStore({ history: true }),
  capabilities: { ownStorage: true },
});

describe("the cases about stores", () => {
  it("are many, each with its own id, one sentence, and what usually causes a failure", () => {
    expect(storeCases.length).toBeGreaterThanOrEqual(150);
    expect(new Set(storeCases.map(({ id }) => id)).size).toBe(storeCases.length);
    for (const { id, rule, cause } of storeCases) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*\/[a-z-]+\/[\w.-]+$/);
      expect(rule).toMatch(/^[^a-z].*\.$/s);
      expect(cause).toMatch(/^[^a-z].*\.$/s);
    }
  });

  it("cover the methods of a store", async () => {
    const report = await runStoreConformance({
      name: "memory",
      create: () => new MemoryFileStore(),
      timeoutMs: 600_000,
    });
    expect(report.failed).toEqual([]);
    const missing = new Set(report.notPromised.flatMap((result) => result.missing));
    expect([...missing].sort()).toEqual([
      "check",
      "deletionAuthors",
      "fileAndDirectory",
      "history",
      "ownStorage",
      "readLines",
      "search",
      "unreadable",
      "utf8Text",
    ]);
    expect(report.levelResult).toBeUndefined();
  });
});

describe("a store", () => {
  const one = storeCases.find(({ id }) => id === "put/create/creates")!;

  it("is opened once per instance and closed before its host", async () => {
    const seen: string[] = [];
    const made = (name: string): FileStore =>
      layer(new MemoryFileStore(), {
        open: async () => void seen.push(`open ${name}`),
        close: async () => void seen.push(`close ${name}`),
      });
    const result = await runStoreCase(
      { ...one, run: async (t) => void (await t.open()) },
      {
        name: "seen",
        create: () => ({
          store: made("first"),
          open: () => made("second"),
          close: () => void seen.push("close host"),
        }),
      },
    );
    expect(result.status).toBe("passed");
    expect(seen).toEqual(["open first", "open second", "close second", "close first", "close host"]);
  });

  it("is asked for its capabilities once it is open", async () => {
    let isOpen = false;
    const open = async () => {
      isOpen = true;
    };
    const store = layer(new MemoryFileStore(), { open });
    const capabilities = { ...store.capabilities };
    const late = new Proxy(store, {
      get: (target, key) =>
        key === "capabilities" ? { ...capabilities, atomic: isOpen } : Reflect.get(target, key),
    });
    const result = await runStoreCase({ ...one, needs: "atomic" }, { name: "late", create: () => late });
    expect(result.status).toBe("passed");
  });
});

/** Tries one case on stores made by `make`, all on one storage. */
async function tryCase(id: string, make: (store: FileStore) => FileStore, timeoutMs: number) {
  const one = storeCases.find((candidate) => candidate.id === id);
  if (one === undefined) throw new Error(`There is no conformance case ${id}.`);
  const keepsConversationHistory = id.startsWith("history/");
  const { store, makeUnreadable } = keepsConversationHistory
    ? { store: new MemoryFileStore({ history: true }), makeUnreadable: undefined }
    : withUnreadable(new MemoryFileStore());
  const open = () => {
    const encoded = withUtf8Text(store);
    return make(keepsConversationHistory ? encoded : withCheck(withPushDowns(encoded)));
  };
  const create = () => ({ store: open(), open, ...(makeUnreadable && { makeUnreadable }) });
  return runStoreCase(one, { name: id, create, timeoutMs });
}

/** The cases tried on the intact store, each once. */
const intactResults = new Map<string, ReturnType<typeof tryCase>>();

function onIntact({ caughtBy }: StoreMutant) {
  const result = intactResults.get(caughtBy) ?? tryCase(caughtBy, (store) => store, 600_000);
  intactResults.set(caughtBy, result);
  return result;
}

describe("a broken store is caught", () => {
  it("in many ways, each defect listed once", () => {
    expect(storeMutants.length).toBeGreaterThanOrEqual(45);
    expect(new Set(storeMutants.map(({ defect }) => defect)).size).toBe(storeMutants.length);
  });

  it.each(storeMutants.map((mutant) => [mutant.caughtBy, mutant.defect, mutant] as const))(
    "%s catches that %s",
    async (caughtBy, _, mutant) => {
      expect(await onIntact(mutant)).toMatchObject({ status: "passed" });
      const result = await tryCase(caughtBy, (store) => brokenStore(store, mutant), 5_000);
      expect(result.status).toBe("failed");
      // By an assertion, not by an accident of the mutant.
      expect(result.reason).toContain("  expected  ");
    },
  );
});
