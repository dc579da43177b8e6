import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { mapConcurrent } from "../../src/connection/map-concurrent.js";

const numbers = Array.from({ length: 100 }, (_, i) => i);

describe("mapConcurrent", () => {
  it("returns results in order, whichever call ends first", async () => {
    const run = async (i: number) => {
      if (i % 7 === 0) await turn();
      return i * 2;
    };
    expect(await mapConcurrent(numbers, 8, run)).toEqual(numbers.map((i) => i * 2));
  });

  it.each([1, 3, 100, 1_000])("runs %i at a time, and never more", async (concurrency) => {
    let running = 0;
    let most = 0;
    await mapConcurrent(numbers, concurrency, async () => {
      most = Math.max(most, ++running);
      await turn();
      running--;
    });
    expect(most).toBe(Math.min(concurrency, numbers.length));
  });

  it("starts no further call after a failure", async () => {
    const started: number[] = [];
    const run = async (i: number) => {
      started.push(i);
      await turn();
      if (i === 5) throw new Error("five");
    };
    await expect(mapConcurrent(numbers, 4, run)).rejects.toThrow("five");
    await turn();
    // Another had ended and started the next one just before.
    expect(started).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("returns no results for no items", async () => {
    expect(await mapConcurrent([], 4, async () => 1)).toEqual([]);
  });
});
