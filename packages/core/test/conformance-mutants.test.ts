import { describe, expect, it } from "@jest/globals";
import { RemoteBackend } from "../src/backend/remote-backend.js";
import {
  allCases,
  type CreateContext,
  type LostRequest,
  runCase,
  runConformance,
} from "../src/conformance/index.js";
import type { Author } from "../src/index.js";
import type { BackendProtocolV2 } from "../src/protocol/protocol.js";
import { MemoryFileStore } from "../src/store/memory-file-store.js";
import { FlatBackend } from "./conformance/flat-backend.js";
import { broken, type Intact, type Mutant } from "./conformance/mutant.js";
import { deadConnectionMutants } from "./conformance/mutants/dead-connections.js";
import { directoryMutants } from "./conformance/mutants/directories.js";
import { editingMutants } from "./conformance/mutants/editing.js";
import { guardedMutants } from "./conformance/mutants/guarded.js";
import { historyMutants } from "./conformance/mutants/history/index.js";
import { hostMutants } from "./conformance/mutants/host.js";
import { isolationMutants } from "./conformance/mutants/isolation.js";
import { limitMutants } from "./conformance/mutants/limits.js";
import { lostAnswerMutants } from "./conformance/mutants/lost-answers.js";
import { modelMutants } from "./conformance/mutants/model.js";
import { outageMutants } from "./conformance/mutants/outage.js";
import { processMutants } from "./conformance/mutants/processes.js";
import { readingMutants } from "./conformance/mutants/reading.js";
import { searchingMutants } from "./conformance/mutants/searching.js";
import { transferMutants } from "./conformance/mutants/transfers.js";
import { writingMutants } from "./conformance/mutants/writing.js";
import { Service } from "./conformance/service.js";
import { sharedFiles } from "./conformance/shared-files.js";

const mutants = [
  ...readingMutants,
  ...writingMutants,
  ...editingMutants,
  ...searchingMutants,
  ...transferMutants,
  ...isolationMutants,
  ...historyMutants,
  ...hostMutants,
  ...modelMutants,
  ...outageMutants,
  ...deadConnectionMutants,
  ...lostAnswerMutants,
  ...limitMutants,
  ...directoryMutants,
  ...guardedMutants,
];

const maxFileBytes = 4 * 1024 * 1024;
// A key has 1,024 bytes at most; the name of a case and a slash are the namespace's.
const capabilities = { ownRoot: true, namespaces: true, maxFileBytes, maxPathBytes: 1_024 - 19 };

function caseOf(id: string) {
  const one = allCases.find((candidate) => candidate.id === id);
  if (one === undefined) throw new Error(`There is no conformance case ${id}.`);
  return one;
}

const modeOf = (id: string) => ([caseOf(id).needs].flat().includes("guarded") ? "guarded" : "create");

/** True for cases about a history. */
const needsHistory = (id: string) => /^(history|model\/history)\//.test(id);

/** Tries one case on backends with a history made by `make`, all on one storage. */
function tryHistoryCase(id: string, make: (intact: Intact) => BackendProtocolV2, timeoutMs: number) {
  const service = new Service();
  const files = new MemoryFileStore({ history: true });
  let author: Author | undefined;
  const history = { by: () => author };
  const writeMode = id === "history/recorded/replacement" ? "overwrite" : "create";
  const create = ({ name, namespace }: CreateContext) => {
    const backend = () => new RemoteBackend(files, { namespace, history, writeMode });
    const everything = new RemoteBackend(files);
    const open = () => make({ backend: backend(), another: backend, everything, name, service });
    const setAuthor = (by: Author | undefined) => {
      author = by;
    };
    return { backend: open(), open, setAuthor };
  };
  return runCase(caseOf(id), { name: id, create, timeoutMs, capabilities, model: { runs: 100 } });
}

/** Tries one case on backends made by `make`, all on one service. */
async function tryCase(id: string, make: (intact: Intact) => BackendProtocolV2, timeoutMs = 30_000) {
  if (needsHistory(id)) return tryHistoryCase(id, make, timeoutMs);
  const isFlat = id.startsWith("directories/");
  const Backend = isFlat ? FlatBackend : RemoteBackend;
  const writeMode = modeOf(id);
  const service = new Service(id.startsWith("lost-answers/") ? 5 : 1);
  const everything = new RemoteBackend(service.files);
  const create = ({ name, namespace }: CreateContext) => {
    const intact = () => new Backend(service.store, { namespace, maxFileBytes, writeMode });
    const open = () => make({ backend: intact(), another: intact, everything, name, service });
    const outage = () => service.takeAway("everything");
    const readOutage = () => service.takeAway("reads");
    const deadConnections = () => service.killConnections();
    const loseAnswer = (lost: LostRequest) => service.loseAnswer(lost);
    return { backend: open(), open, outage, readOutage, deadConnections, loseAnswer };
  };
  return runCase(caseOf(id), {
    name: id,
    create,
    timeoutMs,
    capabilities: { ...capabilities, directories: !isFlat },
    model: { runs: 100 },
  });
}

/** The cases tried on the intact backend, each once. */
const intactResults = new Map<string, ReturnType<typeof runCase>>();

function onIntact({ caughtBy }: Mutant) {
  const result = intactResults.get(caughtBy) ?? tryCase(caughtBy, ({ backend }) => backend, 600_000);
  intactResults.set(caughtBy, result);
  return result;
}

describe("a broken backend is caught", () => {
  it("in many ways, each defect listed once", () => {
    expect(mutants.length).toBeGreaterThanOrEqual(60);
    expect(new Set(mutants.map(({ defect }) => defect)).size).toBe(mutants.length);
  });

  it.each(mutants.map((mutant) => [mutant.caughtBy, mutant.defect, mutant] as const))(
    "%s catches that %s",
    async (caughtBy, _, mutant) => {
      expect(await onIntact(mutant)).toMatchObject({ status: "passed" });
      const result = await tryCase(caughtBy, (intact) => broken(intact, mutant), mutant.timeoutMs);
      expect(result.status).toBe("failed");
      // By an assertion, not by an accident of the mutant.
      expect(result.reason).toContain("  expected  ");
    },
  );

  it.each(processMutants.map((mutant) => [mutant.caughtBy, mutant.defect, mutant] as const))(
    "%s catches that %s",
    async (caughtBy, _, { without }) => {
      const folder = await sharedFiles();
      const mode = modeOf(caughtBy);
      const intact = await runCase(caseOf(caughtBy), await folder.options("", mode));
      expect(intact).toMatchObject({ status: "passed" });
      const result = await runCase(caseOf(caughtBy), await folder.options(without, mode));
      expect(result.status).toBe("failed");
      expect(result.reason).toContain("  expected  ");
      await folder.remove();
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
    } as BackendProtocolV2;
    const all = { ...capabilities, ...new RemoteBackend(new MemoryFileStore()).capabilities };
    const report = await runConformance({ name, create: () => backend, capabilities: all, timeoutMs: 1_000 });
    const tried = report.passed.length + report.failed.length;
    expect(tried).toBeGreaterThan(450);
    expect(report.passed.length / tried).toBeLessThan(0.06);
  });
});
