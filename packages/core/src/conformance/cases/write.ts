import { check, equal, refuses, succeeds } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { lossy, PNG_BASE64 } from "./fixtures.js";

/** Tests text files created by `write`. */
export const writeCases: readonly ConformanceCase[] = [
  {
    id: "write/answer/shape",
    rule: "A write answers with the path as it was requested and with no files in `filesUpdate`, or the agent's state keeps a copy.",
    source: "deepagents",
    async run(t) {
      const { path, filesUpdate } = await t.write("/a.txt", "one");
      equal(
        "answer",
        { path, filesUpdate: filesUpdate ?? null },
        { path: t.at("/a.txt"), filesUpdate: null },
      );
      await t.holds("/a.txt", "one");
    },
  },
  {
    id: "write/answer/path-as-asked",
    rule: "The answer's path is spelled as the caller spelled it.",
    source: "ours",
    needs: "spelling",
    async run(t) {
      const asked = t.at("//a///b.txt");
      equal("path", (await t.backend.write(asked, "one")).path, asked);
      await t.holds("/a/b.txt", "one");
    },
  },
  {
    id: "write/new/any-depth",
    rule: "Directories on the way to a new file need not exist.",
    source: "deepagents",
    async run(t) {
      await t.write("/a/b/c/d/e/f.txt", "deep");
      await t.holds("/a/b/c/d/e/f.txt", "deep");
    },
  },
  {
    id: "write/new/empty",
    rule: "An empty text makes an empty file, which exists.",
    source: "deepagents",
    async run(t) {
      await t.write("/d/empty.txt", "");
      await t.holds("/d/empty.txt", "");
      equal("ls", await t.ls("/d"), ["/d/empty.txt"]);
    },
  },
  {
    id: "write/new/independent-files",
    rule: "A write changes no other file.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "a");
      await t.write("/a.txt.bak", "b");
      await t.write("/A.txt", "c");
      await t.holds("/a.txt", "a");
      await t.holds("/a.txt.bak", "b");
      await t.holds("/A.txt", "c");
    },
  },
  {
    id: "write/new/seen-by-another-instance",
    rule: "Another instance sees a write immediately: agents share files across processes.",
    source: "deepagents",
    async run(t) {
      const other = await t.open();
      await t.write("/a.txt", "one");
      equal("content", (await other.read(t.at("/a.txt"))).content, "one");
      equal(
        "ls",
        (await other.ls(t.at("/"))).files?.map(({ path }) => path),
        [t.at("/a.txt")],
      );
    },
  },
  {
    id: "write/existing/refused",
    rule: "A file that exists is not written over: after a failed download deepagents would write over a whole history.",
    source: "ours",
    needs: "createOnly",
    async run(t) {
      await t.write("/a.txt", "first");
      refuses("second write", await t.backend.write(t.at("/a.txt"), "second"));
      await t.holds("/a.txt", "first");
    },
  },
  {
    id: "write/existing/refusal-says-what-to-do",
    rule: "The refusal tells the model to read and edit the file or to choose another path: it is all the model sees.",
    source: "ours",
    needs: ["createOnly", "errorWords"],
    async run(t) {
      await t.write("/a.txt", "first");
      refuses(
        "second write",
        await t.backend.write(t.at("/a.txt"), "second"),
        /\bread/i,
        /\bedit/i,
        /\bpath\b/i,
      );
    },
  },
  {
    id: "write/existing/same-content-accepted",
    rule: "A write of what is already there succeeds and changes nothing: LangGraph repeats a step after a crash.",
    source: "ours",
    needs: "idempotentWrites",
    async run(t) {
      for (const [path, content] of [
        ["/a.txt", "same\r\n\0\ufeff"],
        ["/empty.txt", ""],
        ["/a.png", PNG_BASE64],
      ] as const) {
        await t.write(path, content);
        const before = await t.data(path);
        await t.after(before.created_at);
        const again = await t.backend.write(t.at(path), content);
        succeeds(`second write of ${path}`, again);
        equal("path", again.path, t.at(path));
        const after = await t.data(path);
        equal(`content of ${path}`, after.content, before.content);
        if (t.capabilities.createOnly || t.capabilities.guarded)
          equal(`created_at of ${path}`, after.created_at, before.created_at);
      }
    },
  },
  {
    id: "write/existing/same-content-by-another-instance",
    rule: "Content that another instance has written in the meantime counts as the same content too.",
    source: "ours",
    needs: "idempotentWrites",
    async run(t) {
      const other = await t.open();
      await t.write("/a.txt", "first");
      succeeds("write of the other", await other.write(t.at("/a.txt"), "first"));
      await t.edit("/a.txt", "first", "second");
      succeeds("write of the other", await other.write(t.at("/a.txt"), "second"));
      if (t.capabilities.createOnly) refuses("old content", await other.write(t.at("/a.txt"), "first"));
    },
  },
  {
    id: "write/existing/empty-file-refused",
    rule: "An empty file exists like any other.",
    source: "ours",
    needs: "createOnly",
    async run(t) {
      await t.write("/a.txt", "");
      refuses("second write", await t.backend.write(t.at("/a.txt"), "second"));
      await t.holds("/a.txt", "");
    },
  },
  {
    id: "write/existing/refused-by-another-instance",
    rule: "A file that another instance has made exists.",
    source: "ours",
    needs: "createOnly",
    async run(t) {
      const other = await t.open();
      refuses("read before", await other.read(t.at("/a.txt")));
      await t.write("/a.txt", "first");
      refuses("second write", await other.write(t.at("/a.txt"), "second"));
      await t.holds("/a.txt", "first");
    },
  },
  {
    id: "write/existing/free-after-delete",
    rule: "A deleted file can be created again.",
    source: "deepagents",
    needs: "delete",
    async run(t) {
      await t.write("/a.txt", "first");
      await t.backend.delete(t.at("/a.txt"));
      await t.write("/a.txt", "second");
      await t.holds("/a.txt", "second");
    },
  },
  {
    id: "write/existing/replaced",
    rule: "Where writes are not create-only, the new content takes the place of the whole file, also when it is shorter.",
    source: "deepagents",
    unless: "createOnly",
    async run(t) {
      await t.write("/a.txt", "a long first content\nof two lines\n");
      await t.write("/a.txt", "second");
      await t.holds("/a.txt", "second");
    },
  },
  {
    id: "write/existing/replaced-is-created-anew",
    rule: "If writes replace without a guard, a replacement is a new file: `created_at` is reset.",
    source: "ours",
    needs: "times",
    unless: ["createOnly", "guarded"],
    async run(t) {
      await t.write("/a.txt", "first");
      const before = await t.data("/a.txt");
      await t.after(before.created_at);
      await t.write("/a.txt", "second");
      const after = await t.data("/a.txt");
      check(after.created_at > before.created_at, "created_at", `later than ${before.created_at}`, after);
    },
  },
  {
    id: "write/lone-surrogates/lose-nothing-else",
    rule: "Half a surrogate pair stays or becomes U+FFFD, and the rest is whole: a refused write loses a tool result.",
    source: "tools",
    async run(t) {
      const text = "a\ud83db\ude00c\ude00\ud83d";
      await t.write("/a.txt", text);
      const { content } = await t.data("/a.txt");
      check(
        lossy(text).some((one) => one === content),
        "content",
        "the text, or with U+FFFD for halves",
        content,
      );
    },
  },
  {
    id: "write/lone-surrogates/pairs-stay",
    rule: "A whole surrogate pair is a character and stays.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "\ud83d\ude00");
      await t.holds("/a.txt", "😀");
    },
  },
  {
    id: "write/directory/refused",
    rule: "A path that ends in a slash names a directory, which cannot be written.",
    source: "ours",
    needs: "strictPaths",
    async run(t) {
      refuses("write", await t.backend.write(t.at("/d/"), "one"));
      check((await t.ls("/")).length === 0, "files afterwards", "none", await t.ls("/"));
    },
  },
];
