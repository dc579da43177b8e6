import { check, equal, isBytes } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { ALL_BYTES, utf8 } from "./fixtures.js";

const needs = "transfer";

/** Tests downloads of files as bytes. */
export const downloadCases: readonly ConformanceCase[] = [
  {
    id: "download/answer/shape",
    rule: "A downloaded file is a Uint8Array with the path as asked and `error: null`: deepagents reads its `byteLength`.",
    source: "tools",
    needs,
    async run(t) {
      await t.write("/a.txt", "one");
      const asked = t.at("/a.txt");
      const [answer] = await t.backend.downloadFiles([asked]);
      equal("path and error", [answer?.path, answer?.error], [asked, null]);
      check(isBytes(answer?.content), "content", "a Uint8Array", answer);
      equal("byteLength", answer.content.byteLength, 3);
    },
  },
  {
    id: "download/answer/path-as-asked",
    rule: "An answer's path is spelled as the caller spelled it.",
    source: "ours",
    needs: ["transfer", "spelling"],
    async run(t) {
      await t.write("/d/a.txt", "one");
      const asked = ["//d//a.txt", "/d/a.txt", "/d//missing.txt"].map((path) => t.at(path));
      const answers = await t.backend.downloadFiles(asked);
      equal(
        "paths",
        answers.map(({ path }) => path),
        asked,
      );
      equal(
        "errors",
        answers.map(({ error }) => error),
        [null, null, "file_not_found"],
      );
    },
  },
  {
    id: "download/answer/one-per-input-in-order",
    rule: "There is one answer per path, in the order of the paths, found or not.",
    source: "tools",
    needs,
    async run(t) {
      await t.upload(["/a.txt", utf8("a")], ["/b.txt", utf8("b")], ["/c.txt", utf8("c")]);
      const paths = ["/c.txt", "/missing.txt", "/a.txt", "/d/missing.txt", "/b.txt"].map((path) =>
        t.at(path),
      );
      const answers = await t.backend.downloadFiles(paths);
      equal(
        "paths",
        answers.map(({ path }) => path),
        paths,
      );
      const contents = answers.map(({ content }) => content && new TextDecoder().decode(content));
      equal("contents", contents, ["c", null, "a", null, "b"]);
    },
  },
  {
    id: "download/answer/duplicates",
    rule: "A path asked for twice is answered twice: memory and skills count the answers.",
    source: "tools",
    needs,
    async run(t) {
      await t.upload(["/a.txt", utf8("a")]);
      const answers = await t.backend.downloadFiles([
        t.at("/a.txt"),
        t.at("/missing"),
        t.at("/a.txt"),
        t.at("/missing"),
      ]);
      const contents = answers.map(({ content }) => content && new TextDecoder().decode(content));
      equal("contents", contents, ["a", null, "a", null]);
    },
  },
  {
    id: "download/answer/empty-batch",
    rule: "No paths, no answers.",
    source: "deepagents",
    needs,
    async run(t) {
      equal("answers", await t.backend.downloadFiles([]), []);
    },
  },
  {
    id: "download/missing/file-not-found",
    rule: "A missing file is `file_not_found` with no content.",
    source: "deepagents",
    needs,
    async run(t) {
      await t.fill(["/a.txt.bak"]);
      const [answer] = await t.backend.downloadFiles([t.at("/a.txt")]);
      equal("error and content", [answer?.error, answer?.content], ["file_not_found", null]);
    },
  },
  {
    id: "download/empty/is-not-missing",
    rule: "An empty file is zero bytes, not a missing file.",
    source: "deepagents",
    needs,
    async run(t) {
      await t.write("/a.txt", "");
      const [answer] = await t.backend.downloadFiles([t.at("/a.txt")]);
      equal("error", answer?.error, null);
      equal("content", answer?.content, new Uint8Array(0));
    },
  },
  {
    id: "download/directory/is-no-file",
    rule: "A directory has no bytes.",
    source: "deepagents",
    needs,
    async run(t) {
      await t.fill(["/d/a.txt"]);
      const [answer] = await t.backend.downloadFiles([t.at("/d")]);
      const codes: unknown[] = ["is_directory", "file_not_found"];
      check(
        codes.includes(answer?.error) && answer?.content === null,
        "answer",
        `one of ${codes}, no content`,
        answer,
      );
    },
  },
  {
    id: "download/text/utf8",
    rule: "A written text is downloaded as its exact UTF-8.",
    source: "deepagents",
    needs: ["transfer", "byteFidelity", "exactText"],
    async run(t) {
      const text = "\ufeffé😀\r\n\0\u2028 no newline";
      await t.write("/a.txt", text);
      equal("bytes", await t.bytes("/a.txt"), utf8(text));
    },
  },
  {
    id: "download/text/lone-surrogate",
    rule: "Half a surrogate pair that was written is downloaded as the UTF-8 of U+FFFD.",
    source: "tools",
    needs,
    async run(t) {
      await t.write("/a.txt", "a\ud83d");
      equal("bytes", await t.bytes("/a.txt"), Uint8Array.of(0x61, 0xef, 0xbf, 0xbd));
    },
  },
  {
    id: "download/bytes/belong-to-the-caller",
    rule: "A file does not change when a downloaded array does.",
    source: "ours",
    needs: ["transfer", "byteFidelity"],
    async run(t) {
      await t.upload(["/a.png", ALL_BYTES], ["/a.txt", utf8("text")]);
      (await t.bytes("/a.png")).fill(7);
      (await t.bytes("/a.txt")).fill(7);
      equal("bytes", await t.bytes("/a.png"), ALL_BYTES);
      await t.holds("/a.txt", "text");
    },
  },
  {
    id: "download/append/as-deepagents-does",
    rule: "Downloaded bytes with more appended, uploaded again, are the longer file: that is how histories grow.",
    source: "tools",
    needs,
    async run(t) {
      await t.write("/history.md", "## one é\n");
      for (const section of ["## two\n", "## three 😀\n"]) {
        const existing = await t.bytes("/history.md");
        const added = utf8(section);
        const combined = new Uint8Array(existing.byteLength + added.byteLength);
        combined.set(existing, 0);
        combined.set(added, existing.byteLength);
        await t.upload(["/history.md", combined]);
      }
      await t.holds("/history.md", "## one é\n## two\n## three 😀\n");
    },
  },
  {
    id: "download/after/edit",
    rule: "A download returns the result of the last edit, through any instance.",
    source: "deepagents",
    needs,
    async run(t) {
      const other = await t.open();
      await t.write("/a.txt", "one");
      await other.downloadFiles([t.at("/a.txt")]);
      await t.edit("/a.txt", "one", "two");
      const [answer] = await other.downloadFiles([t.at("/a.txt")]);
      equal("bytes", answer?.content, utf8("two"));
    },
  },
];
