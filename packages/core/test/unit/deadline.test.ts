import { describe, expect, it } from "@jest/globals";
import { type CallOptions, layer, MemoryFileStore } from "../../src/adapter.js";
import { OperationCall } from "../../src/backend/operations/operation-call.js";
import { RemoteBackend } from "../../src/index.js";
import { type TimeLimit, withDeadline } from "../../src/support/deadline.js";

const late = () => new Error("late");

/** Runs something that never ends; answers its time when that is up. */
async function afterwards(use: (time: TimeLimit) => unknown = () => {}): Promise<TimeLimit> {
  let given: TimeLimit | undefined;
  const run = (time: TimeLimit) => {
    given = time;
    use(time);
    return new Promise<never>(() => {});
  };
  await expect(withDeadline(5, late, run)).rejects.toThrow("late");
  return given!;
}

describe("what has a deadline", () => {
  it("answers, or fails, as it does without", async () => {
    expect(await withDeadline(60_000, late, async () => "answer")).toBe("answer");
    const failing = async () => {
      throw new Error("its own");
    };
    await expect(withDeadline(60_000, late, failing)).rejects.toThrow("its own");
  });

  it("ends when its time is up, whether it looks at its signal or not", async () => {
    await afterwards();
    const { signal } = await afterwards((time) => time.signal);
    expect(signal.reason).toMatchObject({ message: "late" });
  });

  it("has one signal, also when it asks for it too late", async () => {
    const time = await afterwards();
    expect(time.signal.aborted).toBe(true);
    expect(time.signal.reason).toMatchObject({ message: "late" });
    expect(time.signal).toBe(time.signal);
  });
});

describe("the call of an operation", () => {
  it("has the time of it, and so has every copy", async () => {
    const copies: CallOptions[] = [];
    const time = await afterwards((time) => {
      const call = new OperationCall(time, "root/");
      copies.push(call, { ...call }, call.with({ stale: true }), { ...call.with({ stale: true }) });
      for (const { signal } of copies) expect(signal.aborted).toBe(false);
    });
    for (const copy of copies) {
      expect(copy).toMatchObject({ root: "root/", deadline: time.deadline });
      expect(copy.signal).toBe(time.signal);
    }
    expect(copies.map((copy) => "stale" in copy)).toEqual([false, false, true, true]);
    expect(time.signal.aborted).toBe(true);
  });
});

it("a store is told when the time of its operation is up", async () => {
  const store = new MemoryFileStore();
  const calls: CallOptions[] = [];
  const spying = layer(store, {
    async get(keys, call) {
      calls.push({ ...call });
      return store.get(keys);
    },
  });
  const backend = new RemoteBackend(spying, { operationTimeoutMs: 30_000 });
  const before = performance.now();
  await backend.readRaw("/a.txt");
  const [{ deadline, signal }] = calls as [CallOptions];
  expect(deadline).toBeGreaterThanOrEqual(before + 30_000);
  expect(deadline).toBeLessThanOrEqual(performance.now() + 30_000);
  expect(signal).toBeInstanceOf(AbortSignal);
});
