import { equal } from "../../assert.js";
import type { StoreRule } from "../options.js";
import { manyNames } from "./fixtures.js";

const SIBLINGS = ["d!", "d-/a", "d.txt", "d0", "da/b", "e"];

/** Tests which files are deleted, which are kept, and the count. */
export const deleteCases: readonly StoreRule[] = [
  {
    id: "delete/file/one",
    rule: "`file` deletes the file of that key and counts 1, once; an absent file counts 0.",
    async run(t) {
      await t.fill(["a.txt", "a.txt.bak", "b.txt"]);
      equal("deleted", await t.delete("a.txt", "file"), 1);
      equal("deleted again", await t.delete("a.txt", "file"), 0);
      equal("keys", await t.keys(), ["a.txt.bak", "b.txt"]);
    },
  },
  {
    id: "delete/file/not-what-is-below",
    rule: "`file` keeps everything below a directory of that name.",
    async run(t) {
      await t.fill(["d/a", "d/e/b"]);
      equal("deleted", await t.delete("d", "file"), 0);
      equal("keys", await t.keys(), ["d/a", "d/e/b"]);
    },
  },
  {
    id: "delete/descendants/subtree",
    rule: "`descendants` deletes everything below the directory, at any depth, and counts it; keys with a common prefix stay.",
    async run(t) {
      await t.fill(["d/a", "d/e/b", "d/e/f/c", ...SIBLINGS]);
      equal("deleted", await t.delete("d", "descendants"), 3);
      equal("keys", await t.keys(), SIBLINGS);
      equal("deleted again", await t.delete("d", "descendants"), 0);
    },
  },
  {
    id: "delete/descendants/not-the-file",
    rule: "`descendants` keeps a file of that name.",
    async run(t) {
      await t.fill(["a.txt", "d/a"]);
      equal("deleted", await t.delete("a.txt", "descendants"), 0);
      equal("keys", await t.keys(), ["a.txt", "d/a"]);
    },
  },
  {
    id: "delete/all/either",
    rule: "`all` deletes a file, or everything below a directory, whichever exists; keys with a common prefix stay.",
    async run(t) {
      await t.fill(["c", "d/a", "d/e/b", ...SIBLINGS]);
      equal("deleted", await t.delete("c", "all"), 1);
      equal("deleted", await t.delete("d", "all"), 2);
      equal("deleted of nothing", await t.delete("d", "all"), 0);
      equal("keys", await t.keys(), SIBLINGS);
    },
  },
  {
    id: "delete/all/file-and-directory",
    rule: "If a file and a directory of one name are stored, `all` deletes and counts both.",
    needs: "fileAndDirectory",
    async run(t) {
      await t.fill(["d", "d/a", "d/e/b", ...SIBLINGS]);
      equal("deleted", await t.delete("d", "all"), 3);
      equal("keys", await t.keys(), SIBLINGS);
    },
  },
  {
    id: "delete/descendants/many",
    rule: "More than 1,000 files are deleted by one call, and all are counted.",
    async run(t) {
      const names = manyNames(1_050);
      await t.fill([...names.map((name) => `d/${name}`), "d0"]);
      equal("deleted", await t.delete("d", "descendants"), names.length);
      equal("keys", await t.keys(), ["d0"]);
    },
  },
  {
    id: "delete/descendants/root",
    rule: "The root of a namespace is emptied like any directory, and files beside it stay.",
    async run(t) {
      await t.fill(["a", "d/b"]);
      const beside = { ...t.change("", "theirs", "overwrite"), key: `${t.at("").slice(0, -1)}-corp/a` };
      await t.made([beside]);
      equal("deleted", await t.delete("", "descendants"), 2);
      equal("keys", await t.keys(), []);
      const [theirs] = await t.store.get([beside.key], t.options);
      equal("content beside it", theirs && "content" in theirs ? theirs.content : theirs, "theirs");
      await t.store.delete(beside.key, { ...t.options, scope: "file" });
    },
  },
];
