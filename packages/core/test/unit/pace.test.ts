import { describe, expect, it } from "@jest/globals";
import { type Entry, type FileStore, layer, MemoryFileStore } from "../../src/adapter.js";
import { RemoteBackend } from "../../src/index.js";
import { withPushDowns } from "../conformance/push-downs.js";

const FILES = 5_000;

/** A store with many files, all in the first page of a listing. */
function largeStore(entries: Iterable<Entry>): FileStore {
  const inner = new MemoryFileStore();
  return layer(inner, {
    async *list() {
      yield entries as readonly Entry[];
    },
    get: async (keys) =>
      keys.map((key) => ({
        key,
        version: "1",
        content: "needle\n",
        createdAt: new Date(0),
        modifiedAt: new Date(0),
        writeIds: [],
      })),
  });
}

function* manyEntries(count: number): Generator<Entry> {
  for (let i = 0; i < count; i++) yield { key: `${1_000_000 + i}.txt`, version: "1", size: 7 };
}

/** Turns of the event loop during some work. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = () => {
    if (isOver) return;
    turns += 1;
    setImmediate(count);
  };
  setImmediate(count);
  await work();
  isOver = true;
  return turns;
}

/** The timer and the loop may notice it at the same moment. */
const ENDED = /did not answer within 10 ms|operation timed out/;

const nasty = `${"*0".repeat(500)}b`;

const LOOPS: Readonly<Record<string, (backend: RemoteBackend) => Promise<{ error?: string }>>> = {
  ls: (backend) => backend.ls("/"),
  glob: (backend) => backend.glob(nasty),
  grep: (backend) => backend.grep("needle"),
  "grep with a glob": (backend) => backend.grep("needle", "/", nasty),
};

describe.each(Object.entries(LOOPS))("%s of many files", (_, work) => {
  it.each([
    ["by list and get", (store: FileStore) => store],
    ["by the store's own search", withPushDowns],
  ])("lets other work run, %s", async (_, around) => {
    const backend = new RemoteBackend(around(largeStore([...manyEntries(FILES)])));
    const turns = await turnsDuring(async () => {
      expect(await work(backend)).not.toHaveProperty("error");
    });
    expect(turns).toBeGreaterThanOrEqual(FILES / 1_000 - 1);
  });

  it("ends at its deadline", async () => {
    const total = 300_000;
    let seen = 0;
    let answered: Promise<void> | undefined;
    const ended = new Promise<void>((resolve) => {
      const counted = function* () {
        try {
          for (const entry of manyEntries(total)) {
            seen += 1;
            yield { ...entry, key: `d/${entry.key}` };
          }
        } finally {
          resolve();
        }
      };
      const backend = new RemoteBackend(largeStore(counted()), { operationTimeoutMs: 10 });
      // Only the 10,000 files that are found at most would end a glob before.
      const run = work === LOOPS.glob ? () => backend.glob("x*") : () => work(backend);
      answered = run().then(({ error }) => expect(error).toMatch(ENDED));
    });
    await ended;
    await answered;
    expect(seen).toBeLessThan(total);
  });
});
