import { describe, expect, it } from "@jest/globals";
import { answers } from "../src/postgres/connection.js";
import { startHolder } from "./helpers/holder.js";
import { eventually, Machine } from "./helpers/machine.js";

const machine = new Machine();

/** Waits until neither the server nor a file of it is there. */
const isGone = (url: string) => eventually(async () => machine.homes().length === 0 && !(await answers(url)));

describe("a server whose program did not stop it", () => {
  it.each([
    ["return", 0],
    ["exit", 3],
    ["throw", 1],
  ])("stops if the program ends by %s, which keeps exit code %i", async (how, code) => {
    const holder = await startHolder(how);
    expect(await holder.ended).toEqual([code, null]);
    await isGone(holder.url);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const)(
    "stops on %s, of which the program ends",
    async (signal) => {
      const holder = await startHolder("wait");
      expect(await answers(holder.url)).toBe(true);
      holder.process.kill(signal);
      expect(await holder.ended).toEqual([null, signal]);
      await isGone(holder.url);
    },
  );
});

it("a program that stops its server ends normally, and the server is gone by then", async () => {
  const holder = await startHolder("hold");
  holder.process.stdin!.end();
  expect(await holder.ended).toEqual([0, null]);
  expect(await answers(holder.url)).toBe(false);
  expect(machine.homes()).toEqual([]);
});
