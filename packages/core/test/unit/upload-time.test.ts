import { describe, expect, it } from "@jest/globals";
import { type FileStore, layer, MemoryFileStore } from "../../src/adapter.js";
import { RemoteBackend } from "../../src/index.js";

const FILES_PER_PART = 1_000;

const batchOf = (count: number): [string, Uint8Array][] =>
  Array.from({ length: count }, (_, i) => [`/${String(i).padStart(5, "0")}.txt`, new Uint8Array()]);

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

describe("an upload whose time is up", () => {
  it("answers for each file what is known of it", async () => {
    let parts = 0;
    const store: FileStore = layer(new MemoryFileStore(), {
      apply: async (changes, { signal, onOutcome }) => {
        if (++parts === 1) return changes.map(() => ({ done: true }));
        for (const { key } of changes.slice(0, 10)) onOutcome?.(key, { done: true });
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        return changes.map(() => ({ done: true }));
      },
    });
    const backend = new RemoteBackend(store, { operationTimeoutMs: 100 });
    const answers = await backend.uploadFiles(batchOf(2 * FILES_PER_PART + 1));
    expect(runsOf(answers)).toEqual([
      [FILES_PER_PART + 10, "stored"],
      [
        FILES_PER_PART - 10,
        expect.stringMatching(
          /^permission_denied: The storage did not answer within 300 ms, so it is unknown/,
        ),
      ],
      [1, expect.stringMatching(/^permission_denied: .* before this file was sent: nothing was changed\.$/)],
    ]);
    expect(parts).toBe(2);
  });

  it("has the time of an operation for every 1,000 files and 16 MB", async () => {
    const backend = new RemoteBackend(
      layer(new MemoryFileStore(), { apply: () => new Promise(() => {}), get: () => new Promise(() => {}) }),
      { operationTimeoutMs: 20 },
    );
    // The opening has a time of its own.
    await backend.initialize();
    const said = async (answers: Promise<readonly { message?: string | undefined }[]>) =>
      /within (\d+) ms/.exec(`${(await answers)[0]?.message}`)?.[1];
    expect(await said(backend.uploadFiles(batchOf(FILES_PER_PART)))).toBe("20");
    expect(await said(backend.uploadFiles(batchOf(2 * FILES_PER_PART + 1)))).toBe("60");
    const large = new Uint8Array(40 * 1024 * 1024);
    expect(
      await said(
        backend.uploadFiles([
          ["/a", large],
          ["/b", large],
        ]),
      ),
    ).toBe("40");
    expect(await said(backend.downloadFiles(batchOf(FILES_PER_PART + 1).map(([path]) => path)))).toBe("40");
  });
});
