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

describe("work with a deadline", () => {
  it("succeeds or fails as it does without one", async () => {
    expect(await withDeadline(60_000, late, async () => "answer")).toBe("answer");
    const failing = async () => {
      throw new Error("its own");
    };
    await expect(withDeadline(60_000, late, failing)).rejects.toThrow("its own");
  });

  it("ends at its deadline, even if it ignores its signal", async () => {
    await afterwards();
    const { signal } = await afterwards((time) => time.signal);
    expect(signal.reason).toMatchObject({ message: "late" });
  });

  it("has one signal, even if it asks for it too late", async () => {
    const time = await afterwards();
    expect(time.signal.aborted).toBe(true);
    expect(time.signal.reason).toMatchObject({ message: "late" });
    expect(time.signal).toBe(time.signal);
  });
});

describe("the call of an operation", () => {
  it("shares its deadline with every copy", async () => {
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

it("a store gets the deadline of its operation", async () => {
  const store = new MemoryFileStore();
  const calls: CallOptions[] = [];
  const spying = layer(store, {
    async get(keys, options) {
      calls.push({ ...options });
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
