import { describe, expect, it } from "@jest/globals";
import { allCases, runCase, runConformance } from "../src/conformance/index.js";
import { MemoryStore } from "../src/memory-store.js";
import type { BackendProtocol } from "../src/protocol.js";
import { RemoteBackend } from "../src/remote-backend.js";
import { broken, type Intact, type Mutant } from "./conformance/mutant.js";
import { editingMutants } from "./conformance/mutants/editing.js";
import { movingMutants } from "./conformance/mutants/moving.js";
import { readingMutants } from "./conformance/mutants/reading.js";
import { searchingMutants } from "./conformance/mutants/searching.js";
import { writingMutants } from "./conformance/mutants/writing.js";

const mutants = [
  ...readingMutants,
  ...writingMutants,
  ...editingMutants,
  ...searchingMutants,
  ...movingMutants,
];

const capabilities = { ownRoot: true };

/** Tries one case on backends made by `make`, all on one store. */
async function tryCase(id: string, make: (intact: Intact) => BackendProtocol) {
  const one = allCases.find((candidate) => candidate.id === id);
  if (one === undefined) throw new Error(`There is no conformance case ${id}.`);
  const store = new MemoryStore();
  const everything = new RemoteBackend(store);
  const create = ({ name }: { name: string }) => {
    const open = () => make({ backend: new RemoteBackend(store, { namespace: [name] }), everything, name });
    return { backend: open(), open };
  };
  return runCase(one, { name: id, create, capabilities });
}

/** The cases tried on the intact backend, each once. */
const intactResults = new Map<string, ReturnType<typeof runCase>>();

function onIntact({ caughtBy }: Mutant) {
  const result = intactResults.get(caughtBy) ?? tryCase(caughtBy, ({ backend }) => backend);
  intactResults.set(caughtBy, result);
  return result;
}

describe("a broken backend is caught", () => {
  it("in many ways, each told once", () => {
    expect(mutants.length).toBeGreaterThanOrEqual(60);
    expect(new Set(mutants.map(({ defect }) => defect)).size).toBe(mutants.length);
  });

  it.each(mutants.map((mutant) => [mutant.caughtBy, mutant.defect, mutant] as const))(
    "%s catches that %s",
    async (caughtBy, _, mutant) => {
      expect(await onIntact(mutant)).toMatchObject({ status: "passed" });
      const result = await tryCase(caughtBy, (intact) => broken(intact, mutant));
      expect(result.status).toBe("failed");
      // By an assertion, not by an accident of the mutant.
      expect(result.reason).toContain("  expected  ");
    },
  );

  // Whatever passes on these proves nothing by itself: the shape of the object, and searches that find nothing.
  it.each([
    ["refuses everything", { error: "Error: not found" }, "invalid_path"],
    ["agrees to everything", { path: "/a.txt", filesUpdate: null, files: [], matches: [] }, null],
  ])("almost everywhere when it %s", async (name, answer, error) => {
    const say = () => answer;
    const backend = {
      ...{ ls: say, read: say, readRaw: say, write: say, edit: say, grep: say, glob: say, delete: say },
      uploadFiles: (files: [string, Uint8Array][]) => files.map(([path]) => ({ path, error })),
      downloadFiles: (paths: string[]) => paths.map((path) => ({ path, content: null, error })),
    } as BackendProtocol;
    const all = { ...capabilities, ...new RemoteBackend(new MemoryStore()).capabilities };
    const report = await runConformance({ name, create: () => backend, capabilities: all, timeoutMs: 1_000 });
    expect(report.passed.length).toBeLessThan(25);
    expect(report.failed.length).toBeGreaterThan(400);
  });
});
