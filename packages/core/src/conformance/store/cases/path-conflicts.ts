import { equal } from "../../assert.js";
import type { StoreRule } from "../options.js";

/** Tests a file that would also have to be a directory. */
export const pathConflictCases: readonly StoreRule[] = [
  ...(["create", "overwrite"] as const).flatMap((condition): StoreRule[] => [
    {
      id: `path-conflicts/below-a-file/${condition}`,
      rule: "A file below another one is refused as a conflict; `other` is the one in the way, at any depth.",
      unless: "fileAndDirectory",
      async run(t) {
        await t.write("d/f", "x");
        for (const name of ["d/f/a.txt", "d/f/e/g/a.txt"]) {
          const outcome = await t.put(t.change(name, "y", condition));
          equal(`outcome of ${name}`, outcome, { done: false, why: "conflict", other: t.at("d/f") });
        }
        equal("keys", await t.keys(), ["d/f"]);
      },
    },
    {
      id: `path-conflicts/above-a-file/${condition}`,
      rule: "A file where a directory is needed is refused as a conflict; `other` is a file in that directory.",
      unless: "fileAndDirectory",
      async run(t) {
        await t.write("d/e/f", "x");
        for (const name of ["d", "d/e"]) {
          const outcome = await t.put(t.change(name, "y", condition));
          equal(`outcome of ${name}`, outcome, { done: false, why: "conflict", other: t.at("d/e/f") });
        }
        equal("keys", await t.keys(), ["d/e/f"]);
      },
    },
    {
      id: `path-conflicts/allowed/${condition}`,
      rule: "Where `fileAndDirectory` is promised both can be created, read and deleted, in either order.",
      needs: "fileAndDirectory",
      async run(t) {
        for (const name of ["a", "a/f", "b/e/f", "b/e", "b"]) await t.made([t.change(name, name, condition)]);
        for (const name of ["a", "a/f", "b", "b/e", "b/e/f"]) await t.holds(name, name);
        equal("deleted", await t.delete("a", "file"), 1);
        await t.holds("a/f", "a/f");
        equal("deleted", await t.delete("b", "descendants"), 2);
        equal("keys", await t.keys(), ["a/f", "b"]);
      },
    },
  ]),
  {
    id: "path-conflicts/batch/first-wins",
    rule: "If a batch holds a file and a descendant of its path, the first is stored and the second refused.",
    unless: "fileAndDirectory",
    async run(t) {
      const names = ["a", "a/b", "a/b/c", "d", "e/f"];
      const outcomes = await t.settle(names.map((name) => t.change(name, "x", "overwrite")));
      const refused = (name: string) => ({ done: false, why: "conflict", other: t.at(name) });
      const said = outcomes.map((outcome) => (outcome.done ? "done" : outcome));
      equal("outcomes", said, ["done", refused("a"), refused("a"), "done", "done"]);
      equal("keys", await t.keys(), ["a", "d", "e/f"]);
    },
  },
  {
    id: "path-conflicts/none/names-that-begin-alike",
    rule: "Names with a common prefix do not conflict: a directory ends at a slash.",
    async run(t) {
      const names = ["d", "d-/f", "d.txt", "d0/f", "d_", "dd/d"];
      await t.fill(names);
      equal("keys", await t.keys(), names);
    },
  },
  {
    id: "path-conflicts/none/after-deletion",
    rule: "After the file in the way is deleted, the other one can be created.",
    async run(t) {
      await t.write("a", "x");
      await t.write("b/f", "x");
      await t.delete("a", "file");
      await t.delete("b", "descendants");
      await t.made([t.change("a/f", "y"), t.change("b", "y")]);
      equal("keys", await t.keys(), ["a/f", "b"]);
    },
  },
];
