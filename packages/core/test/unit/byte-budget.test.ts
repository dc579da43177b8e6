import { setImmediate } from "node:timers/promises";
import { expect, it } from "@jest/globals";
import { ByteBudget } from "../../src/store/byte-budget.js";

const MB = 1024 * 1024;

/** Tasks that end on demand; records their order, and the most bytes in use at a time. */
function tasks(budget: ByteBudget) {
  let now = 0;
  const seen = { most: 0, order: [] as string[] };
  const ends = new Map<string, () => void>();
  const start = (name: string, bytes: number, call = {}) =>
    budget.run(bytes, call, async () => {
      seen.order.push(name);
      now += bytes;
      seen.most = Math.max(seen.most, now);
      await new Promise<void>((end) => ends.set(name, end));
      now -= bytes;
    });
  const end = async (name: string) => {
    ends.get(name)!();
    await setImmediate();
  };
  return { start, end, seen };
}

it("bounds the bytes in flight, and keeps the order", async () => {
  const { start, end, seen } = tasks(new ByteBudget(10 * MB));
  const all = [start("a", 6 * MB), start("b", 6 * MB), start("c", 4 * MB), start("d", 4 * MB)];
  await setImmediate();
  expect(seen.order).toEqual(["a"]);
  await end("a");
  expect(seen.order).toEqual(["a", "b", "c"]);
  await end("b");
  expect(seen.order).toEqual(["a", "b", "c", "d"]);
  await end("c");
  await end("d");
  await Promise.all(all);
  expect(seen.most).toBe(10 * MB);
});

it("admits a file larger than the budget alone, and small ones together", async () => {
  const { start, end, seen } = tasks(new ByteBudget(10 * MB));
  const all = [start("large", 50 * MB), start("next", 2 * MB), start("small", 1_000)];
  await setImmediate();
  expect(seen.order.toSorted()).toEqual(["large", "small"]);
  await end("large");
  expect(seen.order).toContain("next");
  await end("next");
  await end("small");
  await Promise.all(all);
});

it("releases bytes after a failure, and runs nothing for a finished operation", async () => {
  const budget = new ByteBudget(10 * MB);
  await expect(budget.run(10 * MB, {}, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  const late = { deadline: performance.now() - 1 };
  await expect(budget.run(10 * MB, late, async () => "ran")).rejects.toMatchObject({ code: "timeout" });
  expect(await budget.run(10 * MB, {}, async () => "ran")).toBe("ran");
});
