import { check, equal, refuses } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import type { CaseContext } from "../context.js";
import { utf8 } from "./fixtures.js";

/**
 * Builds a path of exactly this many bytes, not counting the first slash. @param letter Character that its names
 * consist of.
 */
function pathOf(t: CaseContext, bytes: number, letter: string): string {
  const room = bytes - utf8(t.at("/")).length + 1;
  // Names short enough for a file system.
  const part = letter.repeat(50) + (t.capabilities.directories ? "/" : "");
  const parts = Math.floor((room - 1) / utf8(part).length);
  return `/${part.repeat(parts)}${"p".repeat(room - parts * utf8(part).length)}`;
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/")) || "/";

const LETTERS = { ascii: "d", "multi-byte": "日" } as const;

const needsOf = (kind: string) =>
  ["maxPathBytes", ...(kind === "ascii" ? [] : (["anyName"] as const))] as const;

/** Tests paths up to `maxPathBytes`. */
const pathLimitCases = Object.entries(LETTERS).flatMap(([kind, letter]): ConformanceCase[] => [
  {
    id: `limits/path/longest-works/${kind}`,
    rule: "A path of exactly `maxPathBytes` bytes works with every method.",
    source: "ours",
    needs: needsOf(kind),
    async run(t) {
      const path = pathOf(t, Number(t.capabilities.maxPathBytes), letter);
      await t.write(path, "one\n");
      await t.edit(path, "one", "two");
      equal("read", (await t.read(path)).content, "two\n");
      await t.holds(path, "two\n");
      equal("ls", await t.ls(parentOf(path)), [path]);
      equal("glob", await t.glob("**"), [path]);
      equal("grep", await t.found("two"), [path]);
      if (t.capabilities.transfer) {
        await t.upload([path, utf8("three\n")]);
        equal("download", await t.bytes(path), utf8("three\n"));
      }
      if (t.capabilities.delete) {
        equal("delete", (await t.backend.delete(t.at(path))).error, undefined);
        await t.absent(path);
      }
    },
  },
  {
    id: `limits/path/longer-is-refused/${kind}`,
    rule: "A path of one byte more is refused with a sentence and nothing is stored: bytes count, not characters.",
    source: "ours",
    needs: needsOf(kind),
    async run(t) {
      const path = t.at(pathOf(t, Number(t.capabilities.maxPathBytes) + 1, letter));
      for (const [what, answer] of [
        ["write", await t.backend.write(path, "one\n")],
        ["edit", await t.backend.edit(path, "", "one\n")],
        ["read", await t.backend.read(path)],
        ["readRaw", await t.backend.readRaw(path)],
      ] as const) {
        refuses(what, answer, " ");
      }
      if (t.capabilities.delete) refuses("delete", await t.backend.delete(path), " ");
      if (t.capabilities.transfer) {
        const [up] = await t.backend.uploadFiles([[path, utf8("one\n")]]);
        check(typeof up?.error === "string", "upload", "an error code", up);
        const [down] = await t.backend.downloadFiles([path]);
        check(typeof down?.error === "string" && !down.content, "download", "an error code", down);
      }
      equal("files", await t.glob("**"), []);
    },
  },
]);

/** Builds a text of exactly this many bytes, in lines. @param letter Character that it consists of. */
function textOf(bytes: number, letter: string): string {
  const line = `${letter.repeat(60)}\n`;
  const lines = Math.floor((bytes - 1) / utf8(line).length);
  return `${line.repeat(lines)}${"p".repeat(bytes - lines * utf8(line).length - 1)}\n`;
}

const most = (t: CaseContext): number => Number(t.capabilities.maxFileBytes);

/** Tests files up to `maxFileBytes`. */
const fileLimitCases: readonly ConformanceCase[] = [
  ...Object.entries(LETTERS).flatMap(([kind, letter]): ConformanceCase[] => [
    {
      id: `limits/file/largest-is-written/${kind}`,
      rule: "A text of exactly `maxFileBytes` bytes can be written and read.",
      source: "ours",
      needs: "maxFileBytes",
      async run(t) {
        const text = textOf(most(t), letter);
        await t.write("/a.txt", text);
        await t.holds("/a.txt", text);
      },
    },
    {
      id: `limits/file/larger-write-is-refused/${kind}`,
      rule: "A text of one byte more is refused with a sentence and nothing is stored: bytes count, not characters.",
      source: "ours",
      needs: "maxFileBytes",
      async run(t) {
        await t.write("/old.txt", "old\n");
        const text = textOf(most(t) + 1, letter);
        refuses("write", await t.backend.write(t.at("/a.txt"), text), " ");
        refuses("write over a file", await t.backend.write(t.at("/old.txt"), text), " ");
        await t.absent("/a.txt");
        await t.holds("/old.txt", "old\n");
      },
    },
  ]),
  {
    id: "limits/file/edit-up-to-the-largest",
    rule: "An edit may make a file of exactly `maxFileBytes` bytes; one that would make it larger changes nothing.",
    source: "ours",
    needs: "maxFileBytes",
    async run(t) {
      const text = textOf(most(t) - 1, "d").replace(/^d/, "x");
      await t.write("/a.txt", text);
      await t.edit("/a.txt", "x", "é");
      await t.holds("/a.txt", text.replace("x", "é"));
      refuses("edit", await t.backend.edit(t.at("/a.txt"), "é", "éx"), " ");
      refuses("edit of all", await t.backend.edit(t.at("/a.txt"), "d", "é", true), " ");
      await t.holds("/a.txt", text.replace("x", "é"));
    },
  },
  {
    id: "limits/file/upload-up-to-the-largest",
    rule: "An upload of exactly `maxFileBytes` bytes is stored; a larger one is answered with an error code, and keeps the existing file.",
    source: "ours",
    needs: ["maxFileBytes", "transfer"],
    async run(t) {
      const bytes = new Uint8Array(most(t)).fill(0xff);
      await t.upload(["/a.png", bytes]);
      equal("bytes", await t.bytes("/a.png"), bytes);
      const answers = await t.backend.uploadFiles([
        [t.at("/a.png"), new Uint8Array(most(t) + 1)],
        [t.at("/b.png"), new Uint8Array(most(t) + 1)],
        [t.at("/c.png"), Uint8Array.of(1)],
      ]);
      equal(
        "answers",
        answers.map(({ error }) => (error === null ? "stored" : "refused")),
        ["refused", "refused", "stored"],
      );
      check(!answers.some(({ error }) => error === "file_not_found"), "codes", "none of absence", answers);
      equal("bytes", await t.bytes("/a.png"), bytes);
      await t.absent("/b.png");
    },
  },
];

/** Tests the longest path and the largest file. */
export const limitCases: readonly ConformanceCase[] = [...pathLimitCases, ...fileLimitCases];
