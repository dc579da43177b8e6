import { equal } from "../../assert.js";
import type { StoreRule } from "../options.js";
import { manyNames } from "./fixtures.js";

const SIBLINGS = ["d!", "d-/a", "d.txt", "d0", "da/b", "e"];

/** What goes, what stays, and the count. */
export const removeCases: readonly StoreRule[] = [
  {
    id: "remove/file/one",
    rule: "`file` removes the file of that key and counts 1, once; of nothing it counts 0.",
    async run(t) {
      await t.fill(["a.txt", "a.txt.bak", "b.txt"]);
      equal("removed", await t.remove("a.txt", "file"), 1);
      equal("removed again", await t.remove("a.txt", "file"), 0);
      equal("keys", await t.keys(), ["a.txt.bak", "b.txt"]);
    },
  },
  {
    id: "remove/file/not-what-is-below",
    rule: "`file` leaves everything below a directory of that name.",
    async run(t) {
      await t.fill(["d/a", "d/e/b"]);
      equal("removed", await t.remove("d", "file"), 0);
      equal("keys", await t.keys(), ["d/a", "d/e/b"]);
    },
  },
  {
    id: "remove/below/subtree",
    rule: "`below` removes everything below the directory, at any depth, and counts it; what begins alike stays.",
    async run(t) {
      await t.fill(["d/a", "d/e/b", "d/e/f/c", ...SIBLINGS]);
      equal("removed", await t.remove("d", "below"), 3);
      equal("keys", await t.keys(), SIBLINGS);
      equal("removed again", await t.remove("d", "below"), 0);
    },
  },
  {
    id: "remove/below/not-the-file",
    rule: "`below` leaves a file of that name.",
    async run(t) {
      await t.fill(["a.txt", "d/a"]);
      equal("removed", await t.remove("a.txt", "below"), 0);
      equal("keys", await t.keys(), ["a.txt", "d/a"]);
    },
  },
  {
    id: "remove/both/either",
    rule: "`both` removes a file, or everything below a directory, whichever it is; what begins alike stays.",
    async run(t) {
      await t.fill(["c", "d/a", "d/e/b", ...SIBLINGS]);
      equal("removed", await t.remove("c", "both"), 1);
      equal("removed", await t.remove("d", "both"), 2);
      equal("removed of nothing", await t.remove("d", "both"), 0);
      equal("keys", await t.keys(), SIBLINGS);
    },
  },
  {
    id: "remove/both/file-and-directory",
    rule: "Where a file and a directory of one name are stored, `both` removes and counts all.",
    needs: "fileAndDirectory",
    async run(t) {
      await t.fill(["d", "d/a", "d/e/b", ...SIBLINGS]);
      equal("removed", await t.remove("d", "both"), 3);
      equal("keys", await t.keys(), SIBLINGS);
    },
  },
  {
    id: "remove/below/many",
    rule: "More than 1,000 files go in one call, and all are counted.",
    async run(t) {
      const names = manyNames(1_050);
      await t.fill([...names.map((name) => `d/${name}`), "d0"]);
      equal("removed", await t.remove("d", "below"), names.length);
      equal("keys", await t.keys(), ["d0"]);
    },
  },
  {
    id: "remove/below/root",
    rule: "The root of a namespace is emptied like any directory, and what lies beside it stays.",
    async run(t) {
      await t.fill(["a", "d/b"]);
      const beside = { ...t.change("", "theirs", "any"), key: `${t.at("").slice(0, -1)}-corp/a` };
      await t.made([beside]);
      equal("removed", await t.remove("", "below"), 2);
      equal("keys", await t.keys(), []);
      const [theirs] = await t.store.get([beside.key], t.call);
      equal("content beside it", theirs && "content" in theirs ? theirs.content : theirs, "theirs");
      await t.store.remove(beside.key, { ...t.call, what: "file" });
    },
  },
];
