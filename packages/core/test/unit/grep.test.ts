import { describe, expect, it } from "@jest/globals";
import type { StructuredTool } from "@langchain/core/tools";
import { createFilesystemMiddleware } from "deepagents";
import fc from "fast-check";
import { layer, MemoryFileStore } from "../../src/adapter.js";
import { RemoteBackend, RemoteBackendError } from "../../src/index.js";
import { cutLine, findLines } from "../../src/text/find-lines.js";
import { withPushDowns, withUnreadable } from "../conformance/push-downs.js";

const STORES = {
  "by list and get": () => new MemoryFileStore(),
  "by the store's own search": () => withPushDowns(new MemoryFileStore()),
};

describe("a long line", () => {
  it.each(Object.entries(STORES))("of 33 MB hides no other matches, %s", async (_, store) => {
    const backend = new RemoteBackend(store());
    const line = Buffer.alloc(33 * 1024 * 1024, "filler ");
    line.write("needle", 20 * 1024 * 1024);
    await backend.uploadFiles([
      ["/a.json", line],
      ["/b.txt", Buffer.from("needle\n")],
    ]);
    const { matches, ...rest } = await backend.grep("needle");
    expect(rest).toEqual({});
    expect(matches?.map(({ path, line }) => [path, line])).toEqual([
      ["/a.json", 1],
      ["/b.txt", 1],
    ]);
    const text = matches?.[0]?.text ?? "";
    expect(text).toHaveLength("[20970520 characters cut][13622588 characters cut]".length + 9_900);
    expect([text.slice(0, 25), text.slice(-25)]).toEqual([
      "[20970520 characters cut]",
      "[13622588 characters cut]",
    ]);
    expect(text.indexOf("needle")).toBe(1_025);
  });

  it("is cut around the literal, to at most 10,000 characters, and no further", () => {
    const line = fc
      .record({
        before: fc.nat(30_000),
        after: fc.nat(30_000),
        unit: fc.constantFrom("a", "\u{1f600}", "é"),
        literal: fc.constantFrom("needle", "", "\u{1f601}", "n".repeat(12_000)),
      })
      .map(({ before, after, unit, literal }) => ({
        literal,
        line: unit.repeat(before) + literal + unit.repeat(after),
      }));
    fc.assert(
      fc.property(line, ({ line, literal }) => {
        const cut = cutLine(line, literal);
        expect(cut.length).toBeLessThanOrEqual(10_000);
        expect(cut.isWellFormed()).toBe(true);
        expect(cut).toContain(literal.slice(0, 8_000));
        expect(cutLine(cut, literal)).toBe(cut);
        if (line.length <= 10_000) expect(cut).toBe(line);
        expect([...findLines(`\n${line}\nx`, literal || "\u{1f602}")].map(({ text }) => text)).toEqual(
          literal ? [cut] : [],
        );
        const kept = cut.replaceAll(/\[\d+ characters cut\]/g, "").length;
        const gone = [...cut.matchAll(/\[(\d+) characters cut\]/g)].reduce(
          (sum, [, n]) => sum + Number(n),
          0,
        );
        expect(kept + gone).toBe(line.length);
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});

describe("a file that cannot be read", () => {
  it.each([
    ["by list and get", (store: MemoryFileStore) => store],
    ["by the store's own search", withPushDowns],
  ])("is named instead of its matches, %s", async (_, around) => {
    const { store, makeUnreadable } = withUnreadable(new MemoryFileStore());
    const backend = new RemoteBackend(around(store as MemoryFileStore));
    for (const path of ["/a.txt", "/b.txt", "/c.txt"]) await backend.write(path, "needle\n");
    makeUnreadable("b.txt");
    const note = {
      path: "/b.txt",
      line: 0,
      text: "[This file was not searched: The credentials may not read this file.]",
    };
    const match = (path: string) => ({ path, line: 1, text: "needle" });
    expect(await backend.grep("needle")).toEqual({ matches: [match("/a.txt"), note, match("/c.txt")] });
    // The limit counts matches, not notes.
    const bounded = { matches: [match("/a.txt"), note], truncated: true };
    expect(await backend.grep("needle", "/", null, 1)).toEqual(bounded);
    expect(await backend.grep("needle", "/b.txt")).toEqual({ matches: [note] });
    expect(await backend.grep("nothing")).toEqual({ matches: [note] });
  });

  it("is shown to the model by deepagents' tool, in every form of output", async () => {
    const { store, makeUnreadable } = withUnreadable(new MemoryFileStore());
    const backend = new RemoteBackend(store);
    await backend.write("/secret.txt", "needle\n");
    makeUnreadable("secret.txt");
    const tool = createFilesystemMiddleware({ backend }).tools?.find(({ name }) => name === "grep");
    for (const output_mode of ["content", "files_with_matches", "count"]) {
      const shown = await (tool as unknown as StructuredTool).invoke({ pattern: "needle", output_mode });
      expect(String(shown)).toContain("/secret.txt");
    }
  });

  it("is only counted if there are many", async () => {
    const { store, makeUnreadable } = withUnreadable(new MemoryFileStore());
    const backend = new RemoteBackend(store);
    for (let i = 10; i < 35; i++) {
      await backend.write(`/${i}.txt`, "needle\n");
      makeUnreadable(`${i}.txt`);
    }
    const { matches } = await backend.grep("needle");
    expect(matches?.map(({ path }) => path)).toEqual(Array.from({ length: 10 }, (_, i) => `/${10 + i}.txt`));
    expect(matches?.at(-1)?.text).toContain("15 more files were not searched");
    expect(matches?.at(0)?.text).not.toContain("more files");
  });

  it("aborts the search if the service is unavailable", async () => {
    const inner = new MemoryFileStore();
    const away = new RemoteBackendError("timeout", "The service is away.");
    const store = layer(inner, {
      get: async (keys, options) =>
        (await inner.get(keys)).map((file, i) => (i === 1 && !options.stale ? away : file)),
    });
    const backend = new RemoteBackend(store);
    for (const path of ["/a.txt", "/b.txt"]) await backend.write(path, "needle\n");
    expect(await backend.grep("needle")).toEqual({ error: "Error: The search failed: The service is away." });
  });
});
