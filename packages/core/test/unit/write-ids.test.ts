import { expect, it } from "@jest/globals";
import { chainWriteIds, isCompleteSince, MAX_WRITE_IDS, newWriteId } from "../../src/store/write-ids.js";

it("keeps the newest ids and the creating one", () => {
  let chain: readonly string[] = [];
  for (let i = 0; i < 100; i++) chain = chainWriteIds(String(i), chain);
  expect(chain).toHaveLength(MAX_WRITE_IDS);
  expect(chain.slice(0, 2)).toEqual(["99", "98"]);
  expect(chain.slice(-2)).toEqual(["37", "0"]);
});

it("makes ids of 22 characters that differ", () => {
  const ids = Array.from({ length: 1_000 }, newWriteId);
  expect(new Set(ids).size).toBe(1_000);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
});

it("knows which ids may have been dropped", () => {
  let chain: readonly string[] = [];
  for (let i = 0; i < 63; i++) chain = chainWriteIds(String(i), chain);
  expect(isCompleteSince("0", chain)).toBe(true);
  for (let i = 63; i < 70; i++) chain = chainWriteIds(String(i), chain);
  expect(isCompleteSince("0", chain)).toBe(false);
  expect(isCompleteSince("6", chain)).toBe(false);
  expect(isCompleteSince("7", chain)).toBe(true);
  expect(isCompleteSince(undefined, chain)).toBe(false);
});
