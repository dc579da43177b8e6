import { describe, expect, it } from "@jest/globals";
import { type FileStore, layer, MemoryFileStore } from "../../src/adapter.js";
import { RemoteBackend } from "../../src/index.js";

const FILES_PER_PART = 1_000;

const batchOf = (count: number): [string, Uint8Array][] =>
  Array.from({ length: count }, (_, i) => [`/${String(i).padStart(5, "0")}.txt`, new Uint8Array()]);

type Answer = { readonly message?: string | undefined };

/** Runs of equal answers, each with its length. */
function runsOf(answers: readonly { error: unknown; message?: string | undefined }[]): [number, string][] {
  const runs: [number, string][] = [];
  for (const { error, message } of answers) {
    const said = error === null ? "stored" : `${error}: ${message}`;
    const last = runs.at(-1);
    if (last?.[1] === said) last[0]++;
    else runs.push([1, said]);
  }
  return runs;
}

describe("an upload that timed out", () => {
  it("reports the known outcome of each file", async () => {
    let parts = 0;
    const store: FileStore = layer(new MemoryFileStore(), {
      put: async (changes, { signal, onOutcome }) => {
        if (++parts === 1) return changes.map(() => ({ done: true }));
        for (const { key } of changes.slice(0, 10)) onOutcome?.(key, { done: true });
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        return changes.map(() => ({ done: true }));
      },
    });
    const backend = new RemoteBackend(store, { operationTimeoutMs: 1_000 });
    const answers = await backend.uploadFiles(batchOf(2 * FILES_PER_PART + 1));
    expect(runsOf(answers)).toEqual([
      [FILES_PER_PART + 10, "stored"],
      [
        FILES_PER_PART - 10,
        expect.stringMatching(
          /^permission_denied: The storage did not answer within 3000 ms, so it is unknown/,
        ),
      ],
      [1, expect.stringMatching(/^permission_denied: .* before this file was sent: nothing was changed\.$/)],
    ]);
    expect(parts).toBe(2);
  });

  it.each<[batch: string, milliseconds: string, run: (backend: RemoteBackend) => Promise<readonly Answer[]>]>(
    [
      ["1,000 files", "100", (backend) => backend.uploadFiles(batchOf(FILES_PER_PART))],
      ["2,001 files", "300", (backend) => backend.uploadFiles(batchOf(2 * FILES_PER_PART + 1))],
      [
        "two files of 40 MB",
        "200",
        (backend) =>
          backend.uploadFiles(["/a", "/b"].map((path) => [path, new Uint8Array(40 * 1024 * 1024)])),
      ],
      [
        "a download of 1,001 files",
        "200",
        (backend) => backend.downloadFiles(batchOf(FILES_PER_PART + 1).map(([path]) => path)),
      ],
    ],
  )("has the time of an operation for every 1,000 files and 16 MB: %s", async (_, milliseconds, run) => {
    const silent = { put: () => new Promise<never>(() => {}), get: () => new Promise<never>(() => {}) };
    const backend = new RemoteBackend(layer(new MemoryFileStore(), silent), { operationTimeoutMs: 100 });
    // The opening has a time of its own.
    await backend.initialize();
    expect((await run(backend))[0]?.message).toContain(`within ${milliseconds} ms`);
  });
});
