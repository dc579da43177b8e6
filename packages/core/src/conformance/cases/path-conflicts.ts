import { check, equal, refuses, succeeds } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { sorted, utf8 } from "./fixtures.js";

/** Tests a file and a directory of one name. */
export const pathConflictCases: readonly ConformanceCase[] = [
  {
    id: "path-conflicts/refused/file-over-directory",
    rule: "A file cannot be made where a directory is, and nothing is changed.",
    source: "ours",
    unless: "fileAndDirectory",
    async run(t) {
      await t.write("/d/f.txt", "below");
      refuses("write", await t.backend.write(t.at("/d"), "file"));
      await t.holds("/d/f.txt", "below");
      await t.absent("/d");
      equal("ls", await t.ls("/"), ["/d/"]);
    },
  },
  {
    id: "path-conflicts/refused/directory-over-file",
    rule: "A file cannot be made below another file, and nothing is changed.",
    source: "ours",
    unless: "fileAndDirectory",
    async run(t) {
      await t.write("/d", "file");
      refuses("write", await t.backend.write(t.at("/d/f.txt"), "below"));
      refuses("write", await t.backend.write(t.at("/d/x/y/z.txt"), "far below"));
      await t.holds("/d", "file");
      equal("files", await t.glob("**"), ["/d"]);
      equal("ls", await t.ls("/"), ["/d"]);
    },
  },
  {
    id: "path-conflicts/refused/by-upload",
    rule: "An upload that would make a file a directory as well, or vice versa, is answered with an error code.",
    source: "ours",
    needs: "transfer",
    unless: "fileAndDirectory",
    async run(t) {
      await t.fill(["/d/f.txt", "/e"]);
      const answers = await t.backend.uploadFiles([
        [t.at("/d"), utf8("file")],
        [t.at("/e/g.txt"), utf8("below")],
        [t.at("/ok.txt"), utf8("ok")],
      ]);
      const codes = answers.map(({ error }) => (error === null ? "stored" : "refused"));
      equal("answers", codes, ["refused", "refused", "stored"]);
      check(!answers.some(({ error }) => error === "file_not_found"), "codes", "none of absence", answers);
      equal("files", sorted(await t.glob("**")), ["/d/f.txt", "/e", "/ok.txt"]);
    },
  },
  {
    id: "path-conflicts/refused/within-one-batch",
    rule: "A batch with a file and a descendant of it does not store both.",
    source: "ours",
    needs: "transfer",
    unless: "fileAndDirectory",
    async run(t) {
      const answers = await t.backend.uploadFiles([
        [t.at("/d"), utf8("file")],
        [t.at("/d/f.txt"), utf8("below")],
      ]);
      const stored = answers.filter(({ error }) => error === null).map(({ path }) => t.below(path));
      equal("files", await t.glob("**"), stored);
      check(stored.length < 2, "stored", "not both", answers);
    },
  },
  {
    id: "path-conflicts/refused/prefix-is-no-conflict",
    rule: "Names that merely share a prefix do not conflict.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/d", "/d-e/f.txt", "/d.txt", "/g/h", "/g/hi/j", "/g_", "/gx/k"]);
      equal("files", (await t.glob("**")).length, 7);
    },
  },
  {
    id: "path-conflicts/free-after-delete",
    rule: "A name is free for a directory when its file is deleted, and for a file when the directory is.",
    source: "deepagents",
    needs: "delete",
    async run(t) {
      await t.write("/d", "file");
      succeeds("delete of the file", await t.backend.delete(t.at("/d")));
      await t.write("/d/f.txt", "below");
      succeeds("delete of the directory", await t.backend.delete(t.at("/d")));
      await t.write("/d", "file again");
      await t.holds("/d", "file again");
    },
  },
  {
    id: "path-conflicts/allowed/both-are-seen",
    rule: "Where file and directory of one name can both exist, `ls` shows both and `read` gets the file.",
    source: "ours",
    needs: "fileAndDirectory",
    async run(t) {
      await t.write("/d", "file");
      await t.write("/d/f.txt", "below");
      equal("ls of the parent", (await t.ls("/")).sort(), ["/d", "/d/"]);
      equal("ls", await t.ls("/d"), ["/d/f.txt"]);
      await t.holds("/d", "file");
      await t.holds("/d/f.txt", "below");
    },
  },
  {
    id: "path-conflicts/allowed/deleted-together",
    rule: "Where file and directory of one name exist, a deletion deletes both: the path names both.",
    source: "ours",
    needs: ["fileAndDirectory", "delete"],
    async run(t) {
      await t.fill(["/d", "/d/f.txt", "/e"]);
      succeeds("delete", await t.backend.delete(t.at("/d")));
      equal("files", await t.glob("**"), ["/e"]);
    },
  },
];
