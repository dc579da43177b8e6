import { existsSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { endOf, startHolder } from "./helpers/child.js";
import { withCleanEnvironment } from "./helpers/environment.js";
import { answers, show } from "./helpers/server.js";

withCleanEnvironment();

describe("a server that its program forgot to stop", () => {
  it.each([
    ["return", 0],
    ["exit", 3],
    ["throw", 1],
    ["reject", 1],
  ])("stops when the program ends by %s, which keeps exit code %i", async (how, code) => {
    const holder = await startHolder(how);
    expect(await holder.ended).toEqual({ code, signal: null });
    expect(await answers(holder.url)).toBe(false);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "stops on %s, of which the program then ends",
    async (signal) => {
      const holder = await startHolder("wait");
      const data = await show(holder.url, "data_directory");
      holder.process.kill(signal);
      expect(await holder.ended).toEqual({ code: null, signal });
      expect(await answers(holder.url)).toBe(false);
      expect(existsSync(data)).toBe(false);
    },
  );

  it("stops at once on a second signal", async () => {
    const holder = await startHolder("wait");
    holder.process.kill("SIGINT");
    holder.process.kill("SIGTERM");
    const { code, signal } = await holder.ended;
    expect(code ?? signal).toBeTruthy();
    expect(await answers(holder.url)).toBe(false);
  });
});

it("a program that stops its server ends normally", async () => {
  const holder = await startHolder("hold");
  const ended = endOf(holder.process);
  holder.process.stdin!.write("stop\n");
  expect(await ended).toEqual({ code: 0, signal: null });
  expect(await answers(holder.url)).toBe(false);
});
