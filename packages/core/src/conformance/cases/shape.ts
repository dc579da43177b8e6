import { check, equal } from "../assert.js";
import type { ConformanceCase } from "../case.js";

/** Tests the shape of the object, and that it is not mistaken for something else. */
export const shapeCases: readonly ConformanceCase[] = [
  {
    id: "shape/has-the-methods",
    rule: "The methods of the protocol are there, and found with `in`, which is how deepagents tells its versions apart.",
    source: "tools",
    async run(t) {
      for (const method of ["ls", "read", "readRaw", "write", "edit", "grep", "glob"]) {
        check(method in t.raw, method, "to be found with `in`", Object.keys(t.raw));
        const value = (t.raw as unknown as Record<string, unknown>)[method];
        check(typeof value === "function", method, "a function", value);
      }
    },
  },
  {
    id: "shape/is-no-sandbox",
    rule: "`execute` together with a non-empty `id` would make it a sandbox for deepagents.",
    source: "tools",
    async run(t) {
      const { execute, id } = t.raw as { execute?: unknown; id?: unknown };
      const both = typeof execute === "function" && typeof id === "string" && id !== "";
      check(!both, "execute and id", "not both", { execute, id });
    },
  },
  {
    id: "shape/is-no-composite",
    rule: "An array of `routePrefixes` would make it a composite backend for deepagents.",
    source: "tools",
    async run(t) {
      const { routePrefixes } = t.raw as { routePrefixes?: unknown };
      check(!Array.isArray(routePrefixes), "routePrefixes", "none", routePrefixes);
    },
  },
  {
    id: "shape/is-no-factory",
    rule: "A callable object would be taken for a factory of backends and called.",
    source: "tools",
    async run(t) {
      check(typeof t.raw === "object", "typeof", '"object"', typeof t.raw);
    },
  },
  {
    id: "shape/is-no-promise",
    rule: "An object with `then` would be swallowed by the first `await`.",
    source: "tools",
    async run(t) {
      const { then } = t.raw as { then?: unknown };
      check(then === undefined, "then", "none", then);
    },
  },
  {
    id: "shape/answers/either-error-or-result",
    rule: "An answer is an error or a result, never both: the tools check only the error.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "one\n");
      const path = t.at("/a.txt");
      equal("error of read", (await t.backend.read(path)).error, undefined);
      equal("error of ls", (await t.backend.ls(t.at("/"))).error, undefined);
      const missing = await t.backend.read(t.at("/missing.txt"));
      equal("content of a missing file", missing.content, undefined);
      const raw = await t.backend.readRaw(t.at("/missing.txt"));
      equal("data of a missing file", raw.data, undefined);
    },
  },
  {
    id: "shape/answers/nothing-rejects",
    rule: "No method ever throws or rejects: an exception from a tool ends the whole run.",
    source: "tools",
    async run(t) {
      const paths = [
        "",
        "/",
        "//",
        "/missing",
        "/a/../b",
        "\0",
        "\ud800",
        "relative",
        " ",
        "/".repeat(3_000),
      ];
      for (const path of paths) {
        await t.backend.ls(path);
        await t.backend.read(path);
        await t.backend.read(path, Number.NaN, Number.NEGATIVE_INFINITY);
        await t.backend.readRaw(path);
        await t.backend.edit(path, "never there", "x");
        await t.backend.grep("never there", path, "[", 0);
        await t.backend.glob("[", path);
        if (t.capabilities.transfer) await t.backend.downloadFiles([path]);
      }
    },
  },
  {
    id: "shape/answers/strange-patterns",
    rule: "A pattern that is not well-formed is answered, with an error or with nothing found.",
    source: "tools",
    async run(t) {
      await t.fill(["/a.txt"]);
      for (const pattern of [
        "[",
        "[z-a]",
        "{",
        "{a",
        "(",
        "@(",
        "**".repeat(50),
        "\\",
        "!",
        "[[:nope:]]",
        "\0",
        "\ud800",
      ]) {
        const { files, error } = await t.backend.glob(pattern, t.at("/"));
        check(Array.isArray(files) || typeof error === "string", `glob ${pattern}`, "files or an error", {
          files,
          error,
        });
        const grep = await t.backend.grep("x", t.at("/"), pattern);
        check(
          Array.isArray(grep.matches) || typeof grep.error === "string",
          `grep ${pattern}`,
          "matches or an error",
          grep,
        );
      }
    },
  },
  {
    id: "shape/instances/share-files",
    rule: "Two instances on one storage are one file system: factories make one for every call.",
    source: "tools",
    async run(t) {
      const other = await t.open();
      await t.write("/a.txt", "one\n");
      equal("edit", (await other.edit(t.at("/a.txt"), "one", "two")).occurrences, 1);
      await t.holds("/a.txt", "two\n");
    },
  },
];
