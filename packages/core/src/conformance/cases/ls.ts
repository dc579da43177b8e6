import { check, equal, succeeds } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { isTime, sorted } from "./fixtures.js";

const many = (count: number, directory: string) =>
  Array.from({ length: count }, (_, i) => `${directory}/${String(i).padStart(5, "0")}.txt`);

/** Tests which entries a listing contains. */
export const lsCases: readonly ConformanceCase[] = [
  {
    id: "ls/children/direct-only",
    rule: "A directory shows its direct children; what lies deeper is behind its own directory.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/d/a.txt", "/d/sub/b.txt", "/d/sub/deep/c.txt", "/other.txt"]);
      equal("ls of /d", sorted(await t.ls("/d")), ["/d/a.txt", "/d/sub/"]);
    },
  },
  {
    id: "ls/children/only-deeper-files",
    rule: "A directory that holds nothing but files further down still shows the way to them.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/d/x/y/z.txt"]);
      equal("ls of /d", await t.ls("/d"), ["/d/x/"]);
      equal("ls of /d/x", await t.ls("/d/x"), ["/d/x/y/"]);
    },
  },
  {
    id: "ls/children/dotfiles",
    rule: "Files and directories whose name starts with a dot are shown like any other.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/d/.env", "/d/.config/a.txt"]);
      equal("ls of /d", sorted(await t.ls("/d")), ["/d/.config/", "/d/.env"]);
    },
  },
  {
    id: "ls/children/many",
    rule: "All children are shown, even if they exceed a page of the service's own listing.",
    source: "deepagents",
    async run(t) {
      const paths = many(1_050, "/many/d");
      await t.fill(paths);
      equal("children of /many/d", sorted(await t.ls("/many/d")), paths);
      equal("children of /many", await t.ls("/many"), ["/many/d/"]);
    },
  },
  {
    id: "ls/directory/entry",
    rule: "A directory is marked `is_dir: true` and its path ends in `/`: skills are looked for only in such entries.",
    source: "tools",
    async run(t) {
      await t.fill(["/d/sub/a.txt", "/d/sub/b.txt"]);
      const { files } = await t.backend.ls(t.at("/d"));
      equal("entries", files?.length, 1);
      equal("is_dir", files?.[0]?.is_dir, true);
      equal("path", files?.[0]?.path, t.at("/d/sub/"));
    },
  },
  {
    id: "ls/directory/ends-with-its-last-file",
    rule: "A directory whose last file was deleted lists nothing, whether or not the directory still exists.",
    source: "deepagents",
    needs: "delete",
    async run(t) {
      await t.fill(["/d/sub/only.txt", "/d/keep.txt"]);
      succeeds("delete", await t.backend.delete(t.at("/d/sub/only.txt")));
      equal("ls of /d/sub", await t.ls("/d/sub"), []);
    },
  },
  {
    id: "ls/file/entry",
    rule: "A file is not marked as a directory: `delete` is checked against permission rules by this mark.",
    source: "tools",
    async run(t) {
      await t.fill(["/d/a.txt"]);
      const { files } = await t.backend.ls(t.at("/d"));
      check(files?.[0]?.is_dir !== true, "is_dir of a file", "false or absent", files);
      equal("path", files?.[0]?.path, t.at("/d/a.txt"));
    },
  },
  {
    id: "ls/file/never-lists-itself",
    rule: "A file listed as a directory does not show itself, or a permission rule that allows its deletion is lost.",
    source: "tools",
    async run(t) {
      await t.fill(["/d/a.txt"]);
      for (const path of ["/d/a.txt", "/d/a.txt/"]) {
        const { files, error } = await t.backend.ls(t.at(path));
        check(
          files?.length === 0 || (error?.includes("not a directory") ?? false),
          `ls of ${path}`,
          "no files, or an error with `not a directory`",
          { files, error },
        );
      }
    },
  },
  {
    id: "ls/file/modified-at",
    rule: "`modified_at`, where it is given, is ISO 8601 with a time zone, so that times of different machines compare.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/d/a.txt"]);
      const { files } = await t.backend.ls(t.at("/d"));
      const time = files?.[0]?.modified_at;
      if (time) isTime(t, "modified_at", time);
    },
  },
  {
    id: "ls/size/bytes-of-the-content",
    rule: "`size` counts the content's bytes, not its characters.",
    source: "deepagents",
    needs: "exactSizes",
    async run(t) {
      await t.write("/d/a.txt", "é😀\n");
      await t.write("/d/empty.txt", "");
      const { files } = await t.backend.ls(t.at("/d"));
      const sizes = Object.fromEntries((files ?? []).map(({ path, size }) => [t.below(path), size]));
      equal("sizes", sizes, { "/d/a.txt": 7, "/d/empty.txt": 0 });
    },
  },
  {
    id: "ls/size/is-a-count-anyway",
    rule: "A size that is not that of the content is still a number of bytes.",
    source: "deepagents",
    unless: "exactSizes",
    async run(t) {
      await t.write("/d/a.txt", "é😀\n");
      const { files } = await t.backend.ls(t.at("/d"));
      const size = files?.[0]?.size ?? 0;
      check(Number.isInteger(size) && size >= 0, "size", "a whole number, or none", files);
    },
  },
  {
    id: "ls/missing/is-an-empty-list",
    rule: "A missing directory is an empty list, not an error, as deepagents' own tests require.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/a.txt"]);
      equal("ls", await t.ls("/"), ["/a.txt"]);
      equal("ls of a missing directory", await t.ls("/missing"), []);
    },
  },
  {
    id: "ls/prefix/sibling-directory",
    rule: "`/src` never shows `/src-old`: a directory is a path up to its slash, not a prefix of text.",
    source: "deepagents",
    async run(t) {
      await t.fill(["/src/a.txt", "/src-old/b.txt", "/src.txt", "/srcs"]);
      equal("ls of /src", await t.ls("/src"), ["/src/a.txt"]);
      equal("ls of /sr", await t.ls("/sr"), []);
    },
  },
  {
    id: "ls/prefix/wildcards-are-characters",
    rule: "`_`, `%`, `*` and a backslash in a directory's name stand for themselves, also where the storage searches by pattern.",
    source: "deepagents",
    async run(t) {
      await t.fill([
        "/a_b/1.txt",
        "/axb/2.txt",
        "/c%d/3.txt",
        "/cxxd/4.txt",
        "/e*/5.txt",
        "/ex/6.txt",
        "/g\\/7.txt",
      ]);
      equal("ls of /a_b", await t.ls("/a_b"), ["/a_b/1.txt"]);
      equal("ls of /c%d", await t.ls("/c%d"), ["/c%d/3.txt"]);
      equal("ls of /e*", await t.ls("/e*"), ["/e*/5.txt"]);
      equal("ls of /g\\", await t.ls("/g\\"), ["/g\\/7.txt"]);
    },
  },
  {
    id: "ls/trailing-slash/same-answer",
    rule: "`/d/` and `/d` are one directory: the skills loader always adds a slash, models seldom.",
    source: "tools",
    async run(t) {
      await t.fill(["/d/a.txt", "/d/sub/b.txt"]);
      equal("ls of /d/", await t.ls("/d/"), await t.ls("/d"));
      equal("ls of /d/", (await t.ls("/d/")).length, 2);
    },
  },
  {
    id: "ls/root/shows-the-top",
    rule: "`/` shows what lies at the top.",
    source: "deepagents",
    needs: "ownRoot",
    async run(t) {
      equal("ls of / when nothing is there", await t.ls("/"), []);
      await t.fill(["/a.txt", "/d/b.txt"]);
      equal("ls of /", sorted(await t.ls("/")), ["/a.txt", "/d/"]);
    },
  },
];
