import { copyFiles, MemoryBackend, type RemoteBackend } from "@deepagents-remote/core";
import { beforeAll, describe, expect, it } from "@jest/globals";
import type { S3Backend } from "../../src/index.js";
import { useBucket } from "../helpers/bucket.js";
import { useVersioning } from "../helpers/history.js";

const bucket = useBucket();
useVersioning(bucket);

/** Deterministic numbers below `limit`: a linear congruential generator. */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
}

type Files = Readonly<Record<string, string>>;

/** Every file of a backend, by its path. */
async function filesOf(backend: Pick<RemoteBackend, "glob" | "downloadFiles">): Promise<Files> {
  const { files = [] } = await backend.glob("**");
  if (files.length === 0) return {};
  const downloaded = await backend.downloadFiles(files.map(({ path }) => path));
  return Object.fromEntries(downloaded.map(({ path, content }) => [path, Buffer.from(content!).toString()]));
}

const CHANGES = 150;
const PATHS = ["/a.txt", "/d/b.txt", "/d/c.txt", "/d/e/f.txt", "/g.txt", "/h/i.txt"];
const random = randomNumbers(7);
const checkpointOf = (step: number) => `c${String(step).padStart(4, "0")}`;

describe("random changes of a workspace", () => {
  /** Files before each step. */
  const states: Files[] = [];
  let step = 0;
  let backend: S3Backend;

  beforeAll(async () => {
    backend = bucket.backend({
      prefix: "random",
      writeMode: "overwrite",
      history: { by: () => ({ thread: "t1", checkpoint: checkpointOf(step) }) },
    });
    const files: Record<string, string> = {};
    for (; step < CHANGES; step++) {
      states.push({ ...files });
      const path = PATHS[random(PATHS.length)]!;
      const kind = random(4);
      if (kind === 0 && path in files) {
        expect((await backend.delete(path)).error).toBeUndefined();
        delete files[path];
      } else if (kind === 1 && path in files) {
        expect((await backend.edit(path, files[path]!, `${step} edited`)).error).toBeUndefined();
        files[path] = `${step} edited`;
      } else {
        expect((await backend.write(path, `${step} written`)).error).toBeUndefined();
        files[path] = `${step} written`;
      }
    }
    states.push({ ...files });
  }, 120_000);

  it("can be seen as they were before each step", async () => {
    for (let i = 0; i < CHANGES; i += 7) {
      expect(await filesOf(backend.at({ thread: "t1", checkpoint: checkpointOf(i) }))).toEqual(states[i]);
    }
    const target = new MemoryBackend();
    const past = backend.at({ thread: "t1", checkpoint: checkpointOf(77) });
    expect(await copyFiles(past, target)).toHaveLength(Object.keys(states[77]!).length);
    expect(await filesOf(target)).toEqual(states[77]);
  }, 120_000);

  it("are rewound to random steps, and forth again", async () => {
    for (let i = 0; i < 25; i++) {
      const to = random(CHANGES);
      step = CHANGES + i;
      const { files, error } = await backend.rewind({ thread: "t1", checkpoint: checkpointOf(to) });
      expect(error).toBeUndefined();
      expect(files!.filter(({ outcome }) => outcome === "failed")).toEqual([]);
      expect(await filesOf(backend)).toEqual(states[to]);
      // The next rewind may go to the state that this one made.
      states.push(states[to]!);
    }
    step = CHANGES + 25;
    await backend.rewind({ thread: "t1", checkpoint: checkpointOf(CHANGES) });
    expect(await filesOf(backend)).toEqual(states[CHANGES]);
  }, 240_000);

  it("are restored one by one, deleted ones too", async () => {
    await backend.delete("/a.txt");
    const { versions } = await backend.history("/a.txt");
    expect(versions![0]).toMatchObject({ kind: "delete", by: { thread: "t1" } });
    const text = async (version: string) => (await backend.readVersion("/a.txt", version)).data?.content;
    const old = versions!.findLast(({ kind }) => kind !== "delete")!;
    expect(await backend.restore("/a.txt", old.version)).toEqual({ path: "/a.txt" });
    expect((await backend.readRaw("/a.txt")).data?.content).toBe(await text(old.version));
    expect((await backend.history("/a.txt", { limit: 1 })).versions).toMatchObject([
      { kind: "restore", current: true, by: { thread: "t1" } },
    ]);
    expect(await backend.restore("/a.txt", versions![2]!.version, { ifVersion: old.version })).toMatchObject({
      conflict: true,
    });
  });
});
