import { check, equal } from "../../assert.js";
import type { ConformanceCase } from "../../case.js";
import type { CaseContext } from "../../context.js";
import { CaseHistory } from "./case-history.js";

/** Makes six changes, apart in time; returns the last version. */
async function sixChanges(t: CaseContext, history: CaseHistory): Promise<string> {
  const makes: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["/d/a.txt", () => t.write("/d/a.txt", "1")],
    ["/d0.txt", () => t.write("/d0.txt", "1")],
    ["/d/b.txt", () => t.write("/d/b.txt", "1")],
    ["/d/a.txt", () => t.edit("/d/a.txt", "1", "2")],
    ["/d/b.txt", () => t.backend.delete(t.at("/d/b.txt"))],
    ["/d/a.txt", () => t.edit("/d/a.txt", "2", "3")],
  ];
  for (const [path, make] of makes) {
    await make();
    await history.isPast(path);
  }
  return (await history.newest("/d/a.txt")).version;
}

const SIX = [
  "create /d/a.txt",
  "create /d0.txt",
  "create /d/b.txt",
  "edit /d/a.txt",
  "delete /d/b.txt",
  "edit /d/a.txt",
];

/** Tests `changes` and `erase`. */
export const logCases: readonly ConformanceCase[] = [
  {
    id: "history/changes/in-order",
    rule: "`changes` lists everything that happened, in order, of the workspace, a directory or a file.",
    source: "ours",
    needs: ["history", "delete", "times"],
    async run(t) {
      const history = new CaseHistory(t);
      const last = await sixChanges(t, history);
      equal("changes", await history.changes(last), SIX);
      equal(
        "changes of d",
        await history.changes(last, { path: "/d" }),
        SIX.filter((change) => change.includes("/d/")),
      );
      equal("changes of a.txt", await history.changes(last, { path: "/d/a.txt" }), [
        "create /d/a.txt",
        "edit /d/a.txt",
        "edit /d/a.txt",
      ]);
    },
  },
  {
    id: "history/changes/pages",
    rule: "Pages of any size have every change once, each as in the history of its file; a page at the end continues with later changes.",
    source: "ours",
    needs: ["history", "delete", "times"],
    async run(t) {
      const history = new CaseHistory(t);
      const last = await sixChanges(t, history);
      for (const limit of [1, 2, 5, 6, 100])
        equal(`pages of ${limit}`, await history.changes(last, { limit }), SIX);
      const log = await history.log(last);
      for (const path of ["/d/a.txt", "/d/b.txt", "/d0.txt"])
        equal(
          `changes of ${path}`,
          log.filter((entry) => entry.path === path).reverse(),
          await history.versions(path),
        );
      equal("changes since the third", await history.changes(last, { since: log[2]!.version }), SIX.slice(3));
      const end = await t.backend.changes({ since: last, path: t.at("/d") });
      equal("changes at the end", [end.changes, end.next], [[], last]);
      await t.write("/d/later.txt", "x");
      const later = (await history.newest("/d/later.txt")).version;
      equal("later changes", await history.changes(later, { since: last, path: "/d" }), [
        "create /d/later.txt",
      ]);
    },
  },
  {
    id: "history/erase/file",
    rule: "`erase` removes a file with every version, and nothing else: it is not found by any method, and its path begins a new history.",
    source: "ours",
    needs: ["history", "delete"],
    async run(t) {
      const history = new CaseHistory(t);
      for (const path of ["/a.txt", "/a.txt2", "/b.txt"]) await t.write(path, "secret");
      await t.edit("/a.txt", "secret", "word");
      const [, old] = await history.versions("/a.txt");
      equal("erased", await history.erase("/a.txt"), [1, 2]);
      await t.absent("/a.txt");
      await history.hasNone("/a.txt", old!.version);
      equal("versions", await history.versions("/a.txt"), []);
      const other = (await history.newest("/b.txt")).version;
      check(
        !(await history.changes(other)).includes("create /a.txt"),
        "changes",
        "none of the erased file",
        undefined,
      );
      for (const path of ["/a.txt2", "/b.txt"])
        equal(`kinds of ${path}`, await history.kinds(path), ["create"]);
      await t.write("/a.txt", "new");
      equal("contents", await history.contents("/a.txt"), ["new"]);
      equal("kinds", await history.kinds("/a.txt"), ["create"]);
    },
  },
  {
    id: "history/erase/directory",
    rule: "`erase` of a directory removes everything below it, files that were deleted long ago included; `/` is everything.",
    source: "ours",
    needs: ["history", "delete"],
    async run(t) {
      const history = new CaseHistory(t);
      await t.fill(["/d/a.txt", "/d/e/b.txt", "/d/gone.txt", "/d0.txt"]);
      await t.backend.delete(t.at("/d/gone.txt"));
      equal("erased", await history.erase("/d/"), [2, 3]);
      for (const path of ["/d/a.txt", "/d/e/b.txt", "/d/gone.txt"])
        equal(`versions of ${path}`, await history.versions(path), []);
      equal("files", await t.glob("**/*.txt"), ["/d0.txt"]);
      equal("erased", await history.erase(""), [1, 1]);
      equal("files", await t.glob("**/*.txt"), []);
      equal("versions of d0.txt", await history.versions("/d0.txt"), []);
      equal("erased", await history.erase(""), [0, 0]);
    },
  },
  {
    id: "history/erase/before",
    rule: "With `before` only versions that were replaced or deleted earlier are erased, and no file.",
    source: "ours",
    needs: ["history", "delete", "times"],
    async run(t) {
      const history = new CaseHistory(t);
      await t.write("/a.txt", "1");
      await t.write("/gone.txt", "1");
      await t.edit("/a.txt", "1", "2");
      await t.backend.delete(t.at("/gone.txt"));
      const { time } = await history.newest("/gone.txt");
      await history.isPast("/gone.txt");
      await t.edit("/a.txt", "2", "3");
      const before = new Date(Date.parse(time) + 1);
      equal("erased", await history.erase("", { before }), [0, 2]);
      equal("contents", await history.contents("/a.txt"), ["2", "3"]);
      equal("versions of a deleted file", await history.versions("/gone.txt"), []);
      await t.holds("/a.txt", "3");
    },
  },
];
