import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { useBucket } from "../helpers/bucket.js";
import { call, historyStore, useVersioning } from "../helpers/history.js";
import { useProxy, useSeconds } from "../helpers/use-proxy.js";

const bucket = useBucket();
useVersioning(bucket);
const proxy = useProxy(bucket);

const at = (checkpoint: string, thread = "t1") => ({ thread, checkpoint });

/** Waits until the store's clock has moved on by a millisecond, the resolution of MinIO's times. */
const nextMillisecond = () => delay(2);

describe("files as they were", () => {
  it("at every version, whatever happened since", async () => {
    const store = historyStore(bucket, "at-version");
    const { write, edit, delete: remove, changes, filesAt, history } = store;
    const states: Record<string, unknown>[] = [];
    const files: Record<string, unknown> = {};
    const step = async (change: () => Promise<unknown>, key: string, content?: unknown) => {
      await nextMillisecond();
      await change();
      if (content === undefined) delete files[key];
      else files[key] = content;
      states.push({ ...files });
    };
    await step(() => write("d/a.txt", "1"), "d/a.txt", "1");
    await step(() => write("d/b.txt", new Uint8Array([0, 1, 255])), "d/b.txt", new Uint8Array([0, 1, 255]));
    await step(() => edit("d/a.txt", "2"), "d/a.txt", "2");
    await step(() => remove("d/a.txt", { user: "ann" }), "d/a.txt");
    await step(() => write("c.txt", "3"), "c.txt", "3");
    await step(() => write("d/a.txt", "4"), "d/a.txt", "4");
    await step(() => remove("d/b.txt"), "d/b.txt");
    const entries = await changes();
    expect(entries.map(({ key, kind }) => `${kind} ${key}`)).toEqual([
      "create d/a.txt",
      "create d/b.txt",
      "edit d/a.txt",
      "delete d/a.txt",
      "create c.txt",
      "create d/a.txt",
      "delete d/b.txt",
    ]);
    for (const [i, { id, at: time }] of entries.entries()) {
      expect(await filesAt({ version: id })).toEqual(states[i]);
      expect(await filesAt(time)).toEqual(states[i]);
    }
    expect(await filesAt(new Date())).toEqual(states.at(-1));
    expect(await filesAt(new Date("2999-01-01"))).toEqual(states.at(-1));
    // Rolled up, resumed, and what changed since.
    const snapshot = await history.resolve({ version: entries[4]!.id }, call);
    const listed = async (prefix: string, options: { recursive: boolean; after?: string }) => {
      const all = [];
      for await (const page of history.listAt(prefix, snapshot, { ...call, ...options })) all.push(...page);
      return all;
    };
    expect(await listed("", { recursive: false })).toMatchObject([
      { key: "c.txt", size: 1 },
      { key: "d/", directory: true },
    ]);
    expect(await listed("", { recursive: false, after: "c.txt" })).toEqual([{ key: "d/", directory: true }]);
    expect(await listed("", { recursive: false, after: "d/" })).toEqual([]);
    expect(await listed("", { recursive: true, after: "c.txt" })).toMatchObject([
      { key: "d/b.txt", size: 3 },
    ]);
    expect(await listed("d", { recursive: false })).toEqual([{ key: "d/", directory: true }]);
    expect(await listed("d/", { recursive: false })).toMatchObject([{ key: "d/b.txt" }]);
    const changed = [];
    for await (const keys of history.changedSince("", snapshot, call)) changed.push(...keys);
    expect(changed).toEqual(["d/a.txt", "d/b.txt"]);
  });

  it("before the first change at a checkpoint, in its own thread and root", async () => {
    const { write, delete: remove, filesAt, history } = historyStore(bucket, "at-checkpoint");
    await write("r/a.txt", "1", at("c1"));
    await nextMillisecond();
    await write("r/a.txt", "other thread", at("c2", "t2"));
    await nextMillisecond();
    await write("r/a.txt", "2", at("c2"));
    await nextMillisecond();
    await write("r/b.txt", "2", at("c2"));
    await nextMillisecond();
    await remove("r/a.txt", at("c3"));
    await nextMillisecond();
    await write("r/c.txt", "4", at("c4"));
    expect(await filesAt(at("c1"), "r/")).toEqual({});
    expect(await filesAt(at("c2"), "r/")).toEqual({ "r/a.txt": "other thread" });
    expect(await filesAt(at("c3"), "r/")).toEqual({ "r/a.txt": "2", "r/b.txt": "2" });
    expect(await filesAt(at("c4"), "r/")).toEqual({ "r/b.txt": "2" });
    // A checkpoint without a change is the one before the next change of its thread.
    expect(await filesAt(at("c0"), "r/")).toEqual({});
    expect(await filesAt(at("c2-later"), "r/")).toEqual({ "r/a.txt": "2", "r/b.txt": "2" });
    for (const point of [at("c5"), at("c3", "t2"), at("c1", "t3")]) {
      await expect(history.resolve(point, call)).rejects.toMatchObject({ code: "invalid-options" });
    }
    await expect(history.resolve(at("c1"), { ...call, root: "other/" })).rejects.toThrow(
      "No change of thread 't1'",
    );
    const { id } = (await history.versions("r/a.txt", { ...call, limit: 1 }))[0]!;
    await expect(history.resolve({ version: id }, { ...call, root: "other/" })).rejects.toThrow("no version");
    for (const version of ["x", "", `${id}0`]) {
      await expect(history.resolve({ version }, call)).rejects.toThrow("no version");
    }
  });

  it("before the history begins: an error", async () => {
    const { write, history, open } = historyStore(bucket, "begin");
    await expect(history.resolve(new Date(0), call)).rejects.toThrow(
      "The time 1970-01-01T00:00:00.000Z is before the history.",
    );
    await open();
    await write("a.txt", "1");
    // Without a time: that of the oldest object may be another tenant's.
    await expect(history.resolve(new Date("2020-01-01"), call)).rejects.toThrow(
      "The time 2020-01-01T00:00:00.000Z is before the history.",
    );
    const limited = historyStore(bucket, "begin", { history: { retention: { days: 3 } } });
    const fourDaysAgo = new Date(Date.now() - 4 * 86_400_000);
    await expect(limited.history.resolve(fourDaysAgo, call)).rejects.toThrow(
      /before the history, which begins at/,
    );
  });
});

describe("on a store whose times are whole seconds, as those of AWS", () => {
  const inSeconds = (prefix: string, behindMs?: number) => {
    useSeconds(proxy, behindMs);
    return historyStore(bucket, prefix, { endpointUrl: proxy.endpointUrl });
  };

  it.each([0, 60_000])(
    "the present does not get later writes, if the clock is %d ms behind that of a client",
    async (behindMs) => {
      const { write, filesAt, history } = inSeconds(`present-${behindMs}`, behindMs);
      await write("a.txt", "1");
      for (const [i, time] of [new Date(), new Date(Date.now() + 30_000)].entries()) {
        const before = `${i + 1}`;
        const snapshot = await history.resolve(time, call);
        await write("a.txt", `${i + 2}`);
        expect((await history.getAt(["a.txt"], snapshot, call))[0]?.content).toBe(before);
      }
      expect(await filesAt(new Date())).toEqual({ "a.txt": "3" });
    },
  );

  it("each checkpoint of a thread gives the files before it, and each version of a file its own", async () => {
    const { write, delete: remove, filesAt, contents, changes } = inSeconds("seconds");
    const files: Record<string, string> = {};
    const states: Record<string, string>[] = [];
    // Names in no order, several changes within a second.
    for (let i = 0; i < 24; i++) {
      const key = `${"cab"[i % 3]}.txt`;
      const before = { ...files };
      if (i % 4 === 3 && key in files) {
        await remove(key, at(`c${10 + i}`));
        delete files[key];
      } else {
        await write(key, `${i}`, at(`c${10 + i}`));
        files[key] = `${i}`;
      }
      states.push(before);
    }
    for (const [i, state] of states.entries()) expect(await filesAt(at(`c${10 + i}`))).toEqual(state);
    const all = await changes();
    expect(all).toHaveLength(24);
    expect(all.filter((entry) => entry.at.getMilliseconds() !== 0)).toEqual([]);
    for (const key of ["a.txt", "b.txt", "c.txt"]) {
      const own = all.filter((entry) => entry.key === key);
      expect((await contents(key)).map((text) => text === undefined).toReversed()).toEqual(
        own.map(({ kind }) => kind === "delete"),
      );
      for (const [i, text] of (await contents(key)).toReversed().entries()) {
        expect((await filesAt({ version: own[i]!.id }))[key]).toBe(text);
      }
    }
  });
});
