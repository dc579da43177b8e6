import { check, equal, isSame, refuses, succeeds } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import type { CaseContext } from "../context.js";
import { needsRoom, sorted, utf8 } from "./fixtures.js";

/** Tests which spellings name the same file. */
export const pathCases: readonly ConformanceCase[] = [
  {
    id: "paths/spelling/relative",
    rule: "A path without a leading slash starts at `/`: sources of skills and memory are passed on as written.",
    source: "ours",
    needs: "spelling",
    async run(t) {
      await t.fill(["/d/a.txt"]);
      const answer = await t.backend.read(t.at("/d/a.txt").slice(1));
      equal("content", answer.content, "x\n");
    },
  },
  {
    id: "paths/spelling/dot-slash",
    rule: "`./a/b` means `/a/b`, as in `./.deepagents/AGENTS.md`.",
    source: "ours",
    needs: "spelling",
    async run(t) {
      await t.fill(["/d/a.txt"]);
      equal("content", (await t.backend.read(`.${t.at("/d/a.txt")}`)).content, "x\n");
      equal(
        "ls",
        (await t.backend.ls(`.${t.at("/d")}`)).files?.map(({ path }) => path),
        [t.at("/d/a.txt")],
      );
    },
  },
  {
    id: "paths/spelling/dot",
    rule: "`.` is the directory `/`, like `./`, for listings and searches; it is never a file.",
    source: "ours",
    needs: ["spelling", "ownRoot"],
    async run(t) {
      await t.fill(["/a.txt"]);
      for (const path of [".", "./"]) {
        const [ls, glob, grep] = [
          await t.backend.ls(path),
          await t.backend.glob("*", path),
          await t.backend.grep("x", path),
        ];
        const paths = [ls.files, glob.files, grep.matches].map((found) => found?.map((one) => one.path));
        equal(`ls, glob and grep of ${path}`, paths, [["/a.txt"], ["/a.txt"], ["/a.txt"]]);
      }
      refuses("read", await t.backend.read("."));
      if (t.capabilities.delete) refuses("delete", await t.backend.delete("."));
      equal("ls", await t.ls("/"), ["/a.txt"]);
    },
  },
  {
    id: "paths/spelling/double-slash",
    rule: "Slashes in a row are one, for every method, and two spellings never make two files.",
    source: "ours",
    needs: "spelling",
    async run(t) {
      await t.write("/d//a.txt", "one");
      await t.holds("/d/a.txt", "one");
      await t.edit("//d/a.txt", "one", "two");
      await t.holds("/d///a.txt", "two");
      equal("ls", await t.ls("/d//"), ["/d/a.txt"]);
      equal("glob", await t.glob("*", "//d"), ["/d/a.txt"]);
      equal("grep", await t.found("two", "/d//a.txt"), ["/d/a.txt"]);
    },
  },
  {
    id: "paths/answers/absolute",
    rule: "Paths in answers are absolute: a relative one bypasses permission rules.",
    source: "tools",
    run: (t) => answersAbsolute(t, t.at("/d")),
  },
  {
    id: "paths/spelling/answers-are-absolute",
    rule: "Paths in answers are absolute even if the request's was not.",
    source: "ours",
    needs: "spelling",
    run: (t) => answersAbsolute(t, t.at("/d").slice(1)),
  },
  {
    id: "paths/spelling/tilde-is-a-name",
    rule: "`~` is an ordinary name, not a home directory.",
    source: "tools",
    async run(t) {
      await t.write("/~/.deepagents/AGENTS.md", "rules\n");
      equal("ls", await t.ls("/~"), ["/~/.deepagents/"]);
      await t.write("/~root/a.txt", "a\n");
      equal("glob", (await t.glob("**")).sort(), ["/~/.deepagents/AGENTS.md", "/~root/a.txt"]);
    },
  },
  {
    id: "paths/spelling/tilde-relative",
    rule: "`~/a` means `/~/a`: `~/.deepagents/AGENTS.md` is passed on as written.",
    source: "tools",
    needs: ["ownRoot", "spelling"],
    async run(t) {
      succeeds("write", await t.backend.write("~/a.txt", "one"));
      await t.holds("/~/a.txt", "one");
    },
  },
  {
    id: "paths/spelling/dots-in-names",
    rule: "Only a segment that is `.` or `..` is refused: dots inside a name are ordinary.",
    source: "ours",
    needs: "anyName",
    async run(t) {
      const paths = ["/.a", "/..a", "/...", "/a.", "/a..", "/a..b", "/d../e", "/..../f"];
      await t.fill(paths);
      equal("files", (await t.glob("**")).sort(), [...paths].sort());
    },
  },
  {
    id: "paths/different/upper-and-lower-case",
    rule: "Names that differ in case are different files: permission rules match the text of a path.",
    source: "tools",
    async run(t) {
      await t.write("/Secret/key", "secret");
      await t.absent("/secret/key");
      await t.write("/secret/key", "other");
      await t.holds("/Secret/key", "secret");
    },
  },
  {
    id: "paths/different/nfc-and-nfd",
    rule: "Names that differ in their Unicode form are different files.",
    source: "tools",
    async run(t) {
      await t.write("/caf\u00e9.txt", "composed");
      await t.absent("/cafe\u0301.txt");
      await t.write("/cafe\u0301.txt", "decomposed");
      await t.holds("/caf\u00e9.txt", "composed");
      equal("ls", (await t.ls("/")).sort(), ["/cafe\u0301.txt", "/caf\u00e9.txt"]);
    },
  },
  ...[
    { name: "percent-encoding", asked: "/secret%2Fkey" },
    { name: "encoded-letter", asked: "/%73ecret/key" },
    { name: "backslash", asked: "/secret\\key" },
    { name: "compatibility-form", asked: "/\uff53ecret/key" },
    { name: "trailing-blank", asked: "/secret/key " },
    { name: "trailing-dot", asked: "/secret/key." },
    { name: "zero-width", asked: "/secret/\u200bkey" },
  ].map(
    ({ name, asked }): ConformanceCase => ({
      id: `paths/different/${name}`,
      rule: "No other spelling opens a file: what a rule has closed by the text of its path would be open by another.",
      source: "tools",
      async run(t) {
        await t.write("/secret/key", "secret");
        const answer = await t.backend.read(t.at(asked));
        refuses("read", answer);
        equal("content", answer.content, undefined);
      },
    }),
  ),
  {
    id: "paths/root/is-no-file-to-read",
    rule: "`/` is a directory and cannot be read: a composite backend asks for it when the model names a mount point.",
    source: "tools",
    async run(t) {
      refuses("read", await t.backend.read("/"));
      refuses("readRaw", await t.backend.readRaw("/"));
      refuses("read of the empty path", await t.backend.read(""));
      refuses("readRaw of the empty path", await t.backend.readRaw(""));
    },
  },
  ...["/", "//", ""].map(
    (path): ConformanceCase => ({
      id: `paths/root/is-no-file-to-write${["-empty", "", "-double"][path.length]}`,
      rule: "No file can be created at `/` or at an empty path: listings would show nothing else.",
      source: "tools",
      needs: "ownRoot",
      async run(t) {
        refuses("write", await t.backend.write(path, "x"));
        refuses("edit", await t.backend.edit(path, "", "x"));
        equal("ls", await t.ls("/"), []);
        equal("glob", await t.glob("**"), []);
      },
    }),
  ),
  ...["/", ""].map(
    (path): ConformanceCase => ({
      id: `paths/root/is-no-file-to-transfer${path ? "" : "-empty"}`,
      rule: "No file can be uploaded to `/` or to an empty path, or downloaded from there.",
      source: "tools",
      needs: ["transfer", "ownRoot"],
      async run(t) {
        const [up] = await t.backend.uploadFiles([[path, utf8("x")]]);
        check(typeof up?.error === "string", "upload", "an error code", up);
        const [down] = await t.backend.downloadFiles([path]);
        check(
          typeof down?.error === "string" && down.content === null,
          "download",
          "an error code, no content",
          down,
        );
        equal("ls", await t.ls("/"), []);
      },
    }),
  ),
  {
    id: "paths/refused/empty-in-a-batch",
    rule: "An empty path for a file is `invalid_path` in batches: it names nothing, not even a directory.",
    source: "ours",
    needs: ["transfer", "ownRoot", "strictPaths"],
    async run(t) {
      const [up] = await t.backend.uploadFiles([["", utf8("x")]]);
      const [down] = await t.backend.downloadFiles([""]);
      equal("codes of upload and download", [up?.error, down?.error], ["invalid_path", "invalid_path"]);
    },
  },
  {
    id: "paths/length/long-is-accepted",
    rule: "A path of 700 bytes is accepted: tool call ids and deep trees need room.",
    source: "tools",
    async run(t) {
      const path = `/${"d".repeat(170)}/${"é".repeat(85)}/${"f".repeat(170)}/${"g".repeat(150)}.txt`;
      needsRoom(t, "maxPathBytes", utf8(t.at(path)).length - 1);
      await t.fill([path]);
      equal("glob", await t.glob("**"), [path]);
      await t.holds(path, "x\n");
    },
  },
  {
    id: "paths/refused/leaves-nothing-behind",
    rule: "A refused write leaves no file, neither where it was meant nor where its path leads.",
    source: "ours",
    needs: "strictPaths",
    async run(t) {
      for (const path of ["/a/../b.txt", "/./c.txt", "/d\n.txt"]) {
        refuses(`write of ${path}`, await t.backend.write(t.at(path), "x"));
      }
      equal("glob", await t.glob("**"), []);
      equal("ls", await t.ls("/"), []);
    },
  },
  {
    id: "paths/refused/not-promised-yet-contained",
    rule: "Where `..` is not refused it still does not lead out of the backend's own storage.",
    source: "deepagents",
    unless: "strictPaths",
    async run(t) {
      const up = "/..".repeat(30);
      const { content } = await t.backend.read(t.at(`${up}/etc/passwd`));
      check(
        content === undefined || !isSame(String(content).slice(0, 5), "root:"),
        "content",
        "no system file",
        content,
      );
    },
  },
];

async function answersAbsolute(t: CaseContext, asked: string): Promise<void> {
  await t.fill(["/d/a.txt", "/d/sub/b.txt"]);
  const [ls, glob, grep] = [
    await t.backend.ls(asked),
    await t.backend.glob("**", asked),
    await t.backend.grep("x", asked),
  ];
  const paths = (found: readonly { path: string }[] = []) => sorted(found.map(({ path }) => path));
  equal("ls", paths(ls.files), [t.at("/d/a.txt"), t.at("/d/sub/")]);
  equal("glob", paths(glob.files), [t.at("/d/a.txt"), t.at("/d/sub/b.txt")]);
  equal("grep", paths(grep.matches), [t.at("/d/a.txt"), t.at("/d/sub/b.txt")]);
}
