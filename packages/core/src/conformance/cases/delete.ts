import { check, equal, refuses, succeeds } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { PNG_BASE64, sorted } from "./fixtures.js";

const needs = "delete";

/** Tests which files `delete` deletes, and which it keeps. */
export const deleteCases: readonly ConformanceCase[] = [
  {
    id: "delete/answer/shape",
    rule: "A deletion answers with the path as it was requested and with no files in `filesUpdate`.",
    source: "deepagents",
    needs,
    async run(t) {
      await t.fill(["/d/a.txt"]);
      const asked = t.at("/d/a.txt");
      const { path, filesUpdate, error } = await t.backend.delete(asked);
      equal("answer", { path, filesUpdate: filesUpdate ?? null, error }, { path: asked, filesUpdate: null });
    },
  },
  {
    id: "delete/file/is-gone-everywhere",
    rule: "A deleted file is absent for every method, and for other instances.",
    source: "deepagents",
    needs,
    async run(t) {
      const other = await t.open();
      await t.fill(["/d/a.txt", "/d/b.txt"]);
      equal("read before", (await other.read(t.at("/d/a.txt"))).content, "x\n");
      succeeds("delete", await t.backend.delete(t.at("/d/a.txt")));
      await t.absent("/d/a.txt");
      refuses("read", await t.backend.read(t.at("/d/a.txt")));
      refuses("read by another instance", await other.read(t.at("/d/a.txt")));
      equal("ls", await t.ls("/d"), ["/d/b.txt"]);
      equal("glob", await t.glob("**"), ["/d/b.txt"]);
      equal("grep", await t.found("x"), ["/d/b.txt"]);
    },
  },
  {
    id: "delete/file/leaves-its-neighbors",
    rule: "Files with the deleted name as a prefix stay.",
    source: "deepagents",
    needs,
    async run(t) {
      await t.fill(["/a", "/a.bak", "/a-b/c.txt", "/A", "/ab"]);
      succeeds("delete", await t.backend.delete(t.at("/a")));
      equal("files", sorted(await t.glob("**")), ["/A", "/a-b/c.txt", "/a.bak", "/ab"]);
    },
  },
  {
    id: "delete/file/binary",
    rule: "A binary file is deleted like any other.",
    source: "deepagents",
    needs,
    async run(t) {
      await t.write("/a.png", PNG_BASE64);
      succeeds("delete", await t.backend.delete(t.at("/a.png")));
      await t.absent("/a.png");
    },
  },
  {
    id: "delete/file/empty",
    rule: "An empty file exists and can be deleted.",
    source: "deepagents",
    needs,
    async run(t) {
      await t.write("/a.txt", "");
      succeeds("delete", await t.backend.delete(t.at("/a.txt")));
      await t.absent("/a.txt");
    },
  },
  {
    id: "delete/file/can-be-made-again",
    rule: "A file recreated under a deleted name is a new file.",
    source: "ours",
    needs: ["delete", "times"],
    async run(t) {
      await t.write("/a.txt", "old");
      const before = await t.data("/a.txt");
      await t.backend.delete(t.at("/a.txt"));
      await t.after(before.created_at);
      await t.write("/a.txt", "new");
      const after = await t.data("/a.txt");
      check(after.created_at > before.created_at, "created_at", `later than ${before.created_at}`, after);
    },
  },
  {
    id: "delete/directory/with-everything-below",
    rule: "A directory is deleted with all its descendants, at any depth.",
    source: "deepagents",
    needs,
    async run(t) {
      await t.fill(["/d/a.txt", "/d/x/b.txt", "/d/x/y/z/c.txt", "/keep.txt"]);
      succeeds("delete", await t.backend.delete(t.at("/d")));
      equal("files", sorted(await t.glob("**")), ["/keep.txt"]);
      equal("ls of the deleted directory", await t.ls("/d"), []);
      equal("ls", await t.ls("/"), ["/keep.txt"]);
    },
  },
  {
    id: "delete/directory/trailing-slash",
    rule: "A directory may be named with a trailing slash.",
    source: "deepagents",
    needs,
    async run(t) {
      await t.fill(["/d/a.txt", "/d/x/b.txt", "/keep.txt"]);
      succeeds("delete", await t.backend.delete(t.at("/d/")));
      equal("files", sorted(await t.glob("**")), ["/keep.txt"]);
    },
  },
  {
    id: "delete/directory/prefix-sibling",
    rule: "Deleting `/src` never touches `/src-old` or `/src.txt`.",
    source: "deepagents",
    needs,
    async run(t) {
      await t.fill(["/src/a.txt", "/src-old/b.txt", "/src.txt", "/srcs"]);
      succeeds("delete", await t.backend.delete(t.at("/src")));
      equal("files", sorted(await t.glob("**")), ["/src-old/b.txt", "/src.txt", "/srcs"]);
    },
  },
  {
    id: "delete/directory/wildcards-are-characters",
    rule: "`_`, `%`, `*` and a backslash in the path stand for themselves: a pattern here would delete files that were not named.",
    source: "deepagents",
    needs,
    async run(t) {
      await t.fill(["/a_b/1.txt", "/axb/2.txt", "/c%d/3.txt", "/cxxd/4.txt", "/e*/5.txt", "/ex/6.txt"]);
      for (const path of ["/a_b", "/c%d", "/e*"]) succeeds("delete", await t.backend.delete(t.at(path)));
      equal("files", sorted(await t.glob("**")), ["/axb/2.txt", "/cxxd/4.txt", "/ex/6.txt"]);
    },
  },
  {
    id: "delete/directory/many-files",
    rule: "A large directory is deleted whole, even if it takes several requests.",
    source: "deepagents",
    needs,
    async run(t) {
      await t.fill(Array.from({ length: 1_050 }, (_, i) => `/d/${i % 7}/${i}.txt`));
      await t.fill(["/keep.txt"]);
      succeeds("delete", await t.backend.delete(t.at("/d")));
      equal("files", sorted(await t.glob("**")), ["/keep.txt"]);
    },
  },
  {
    id: "delete/missing/words",
    rule: "A missing file is `Error: File '/p' not found`: a composite backend takes the words for absence.",
    source: "ours",
    needs: ["delete", "errorWords"],
    async run(t) {
      const path = t.at("/missing.txt");
      equal("error", (await t.backend.delete(path)).error, `Error: File '${path}' not found`);
    },
  },
  {
    id: "delete/missing/second-time",
    rule: "A second deletion says that nothing was found, and changes nothing.",
    source: "deepagents",
    needs,
    async run(t) {
      await t.fill(["/a.txt", "/b.txt"]);
      succeeds("first", await t.backend.delete(t.at("/a.txt")));
      refuses("second", await t.backend.delete(t.at("/a.txt")), /not found/i);
      equal("files", sorted(await t.glob("**")), ["/b.txt"]);
    },
  },
  {
    id: "delete/missing/directory",
    rule: "A missing directory is not found, with or without a trailing slash.",
    source: "deepagents",
    needs,
    async run(t) {
      await t.fill(["/d-old/a.txt"]);
      refuses("delete", await t.backend.delete(t.at("/d")), /not found/i);
      refuses("delete", await t.backend.delete(t.at("/d/")), /not found/i);
      equal("files", sorted(await t.glob("**")), ["/d-old/a.txt"]);
    },
  },
  {
    id: "delete/root/empties",
    rule: "Deleting `/` empties it: a composite backend sends it for a mount point.",
    source: "tools",
    needs: ["delete", "ownRoot"],
    async run(t) {
      await t.fill(["/a.txt", "/d/b.txt", "/.c"]);
      equal("files before", (await t.glob("**")).length, 3);
      succeeds("delete of /", await t.backend.delete("/"));
      equal("ls of /", await t.ls("/"), []);
      equal("glob", await t.glob("**"), []);
      await t.write("/a.txt", "again");
    },
  },
  {
    id: "delete/root/when-empty",
    rule: "Deleting an empty `/` succeeds or finds nothing: any other answer aborts a composite's deletion halfway.",
    source: "tools",
    needs: ["delete", "ownRoot"],
    async run(t) {
      const { error } = await t.backend.delete("/");
      check(error === undefined || /not found/i.test(error), "delete of /", "success, or `not found`", error);
    },
  },
];
