import { check, equal, refuses, succeeds } from "../../assert.js";
import type { ConformanceCase } from "../../case.js";
import type { CaseContext } from "../../context.js";
import { ALL_BYTES, PNG, utf8 } from "../fixtures.js";
import { CaseHistory } from "./case-history.js";

const TRICKY = "\ufeffone\r\ntwo\0\n\u2028 \u{1f600} e\u0301";

/** Compares two versions of a file. */
async function diff(t: CaseContext, path: string, from: string, to?: string): Promise<string> {
  const answer = await t.backend.diff(t.at(path), from, to);
  succeeds(`diff of ${path}`, answer);
  check(typeof answer.diff === "string", `diff of ${path}`, "a text", answer);
  return answer.diff;
}

/** Returns the removed and added lines of a unified diff, without its head. */
const changedLines = (text: string): string[] =>
  text.split("\n").filter((line) => /^[-+](?!--|\+\+)/.test(line));

/** Tests `readVersion`, `diff` and `restore`. */
export const oldVersionCases: readonly ConformanceCase[] = [
  {
    id: "history/read-version/text",
    rule: "An old version of a text is returned character by character, with its times, also after a deletion.",
    source: "ours",
    needs: ["history", "exactText", "delete"],
    async run(t) {
      const history = new CaseHistory(t);
      await t.write("/a.txt", TRICKY);
      const { content: _, ...then } = await t.data("/a.txt");
      const { version } = await history.newest("/a.txt");
      await t.edit("/a.txt", "two", "2");
      await t.backend.delete(t.at("/a.txt"));
      const { data } = await t.backend.readVersion(t.at("/a.txt"), version);
      equal("version", data, { ...then, content: TRICKY });
    },
  },
  {
    id: "history/read-version/bytes",
    rule: "An old version of a binary file is returned byte for byte, one that is empty or UTF-8 included.",
    source: "ours",
    needs: ["history", "transfer", "byteFidelity", "delete"],
    async run(t) {
      const history = new CaseHistory(t);
      const contents = [PNG, utf8("plain words\n"), new Uint8Array(), ALL_BYTES];
      for (const content of contents) await t.upload(["/a.png", content]);
      await t.backend.delete(t.at("/a.png"));
      equal("contents", await history.contents("/a.png"), [...contents, undefined]);
    },
  },
  {
    id: "history/read-version/unknown",
    rule: "A deletion, an unknown version and one of another file are errors, never an empty file.",
    source: "ours",
    needs: ["history", "delete"],
    async run(t) {
      const history = new CaseHistory(t);
      await t.fill(["/a.txt", "/b.txt"]);
      await t.backend.delete(t.at("/b.txt"));
      await history.hasNone("/b.txt", (await history.newest("/b.txt")).version);
      await history.hasNone("/b.txt", (await history.newest("/a.txt")).version);
      for (const version of ["0", "unknown", "9".repeat(30), "x".repeat(2_000), "%", "'"])
        await history.hasNone("/a.txt", version);
      await history.hasNone("/no.txt", (await history.newest("/a.txt")).version);
    },
  },
  {
    id: "history/diff/text",
    rule: "The unified diff of two versions has the lines that were removed and added, and a head with the path; equal versions have none.",
    source: "ours",
    needs: "history",
    async run(t) {
      const history = new CaseHistory(t);
      await t.write("/a.txt", "one\ntwo\nthree\n");
      await t.edit("/a.txt", "two", "2");
      await t.edit("/a.txt", "three\n", "three\nfour\n");
      const [third, second, first] = (await history.versions("/a.txt")).map(({ version }) => version);
      const text = await diff(t, "/a.txt", first!, second!);
      equal("lines", changedLines(text), ["-two", "+2"]);
      check(
        text.startsWith(`--- ${t.at("/a.txt")}`) && text.includes("\n@@ -1,3 +1,3 @@\n"),
        "diff",
        "a head and a hunk",
        text,
      );
      equal("lines up to now", changedLines(await diff(t, "/a.txt", first!)), ["-two", "+2", "+four"]);
      equal("lines backwards", changedLines(await diff(t, "/a.txt", third!, first!)).sort(), [
        "+two",
        "-2",
        "-four",
      ]);
      equal("diff of equal versions", await diff(t, "/a.txt", third!), "");
    },
  },
  {
    id: "history/diff/binary",
    rule: "Binary versions are said to differ, and nothing of their content is shown; unknown versions are errors.",
    source: "ours",
    needs: ["history", "transfer", "byteFidelity"],
    async run(t) {
      const history = new CaseHistory(t);
      await t.upload(["/a.png", PNG]);
      await t.upload(["/a.png", utf8("secret words\n")]);
      const [second, first] = (await history.versions("/a.png")).map(({ version }) => version);
      const text = await diff(t, "/a.png", first!, second!);
      check(
        /differ/.test(text) && !text.includes("secret"),
        "diff",
        "a line that says that the files differ",
        text,
      );
      equal("diff of equal versions", await diff(t, "/a.png", second!), "");
      refuses("diff", await t.backend.diff(t.at("/a.png"), "unknown"));
      refuses("diff", await t.backend.diff(t.at("/a.png"), first!, "unknown"));
    },
  },
  {
    id: "history/restore/content",
    rule: "`restore` makes an old version the newest one, whatever the write mode, and keeps the others.",
    source: "ours",
    needs: ["history", "transfer"],
    async run(t) {
      const history = new CaseHistory(t);
      await t.write("/a.txt", "good\r\n");
      await t.upload(["/a.txt", Uint8Array.of(0, 255)]);
      const { version } = (await history.versions("/a.txt"))[1]!;
      await history.restore("/a.txt", version);
      await t.holds("/a.txt", "good\r\n");
      equal("kinds", await history.kinds("/a.txt"), ["restore", "upload", "create"]);
      equal("contents", await history.contents("/a.txt"), ["good\r\n", Uint8Array.of(0, 255), "good\r\n"]);
      await history.restore("/a.txt", (await history.versions("/a.txt"))[1]!.version);
      await t.holds("/a.txt", Uint8Array.of(0, 255));
    },
  },
  {
    id: "history/restore/deleted",
    rule: "`restore` brings back a deleted file, and one whose directory is gone.",
    source: "ours",
    needs: ["history", "delete"],
    async run(t) {
      const history = new CaseHistory(t);
      await t.write("/d/a.txt", "one");
      await t.edit("/d/a.txt", "one", "two");
      const [second, first] = await history.versions("/d/a.txt");
      await t.backend.delete(t.at("/d"));
      await history.restore("/d/a.txt", first!.version);
      await t.holds("/d/a.txt", "one");
      await t.backend.delete(t.at("/d/a.txt"));
      await history.restore("/d/a.txt", second!.version);
      await t.holds("/d/a.txt", "two");
      equal("kinds", await history.kinds("/d/a.txt"), [
        "restore",
        "delete",
        "restore",
        "delete",
        "edit",
        "create",
      ]);
    },
  },
  {
    id: "history/restore/current",
    rule: "Restoring the version that is stored succeeds and makes no version.",
    source: "ours",
    needs: "history",
    async run(t) {
      const history = new CaseHistory(t);
      await t.write("/a.txt", "one");
      await history.restore("/a.txt", (await history.newest("/a.txt")).version);
      equal("kinds", await history.kinds("/a.txt"), ["create"]);
    },
  },
  {
    id: "history/restore/unknown",
    rule: "An unknown version, a deletion and a version of another file cannot be restored, and nothing is changed.",
    source: "ours",
    needs: ["history", "delete"],
    async run(t) {
      const history = new CaseHistory(t);
      await t.write("/a.txt", "one");
      await t.write("/b.txt", "other");
      await t.backend.delete(t.at("/b.txt"));
      const [deletion, other] = await history.versions("/b.txt");
      for (const version of ["0", "unknown", "x".repeat(2_000), deletion!.version, other!.version])
        refuses(`restore of ${version.slice(0, 20)}`, await t.backend.restore(t.at("/a.txt"), version));
      refuses("restore of a deletion", await t.backend.restore(t.at("/b.txt"), deletion!.version));
      await t.holds("/a.txt", "one");
      await t.absent("/b.txt");
      equal("kinds", await history.kinds("/a.txt"), ["create"]);
    },
  },
  {
    id: "history/restore/if-version",
    rule: "With `ifVersion` a file is restored only while that is its newest version, a deletion included; otherwise it is a conflict, and nothing is changed.",
    source: "ours",
    needs: ["history", "delete"],
    async run(t) {
      const history = new CaseHistory(t);
      const restore = (version: string, ifVersion: string) =>
        t.backend.restore(t.at("/a.txt"), version, { ifVersion });
      await t.write("/a.txt", "one");
      const one = await history.newest("/a.txt");
      await t.edit("/a.txt", "one", "two");
      const two = await history.newest("/a.txt");
      await t.edit("/a.txt", "two", "three");
      for (const stale of [one, two]) {
        const answer = await restore(one.version, stale.version);
        refuses("restore", answer);
        equal("conflict", answer.conflict, true);
      }
      await t.holds("/a.txt", "three");
      succeeds("restore", await restore(one.version, (await history.newest("/a.txt")).version));
      await t.holds("/a.txt", "one");
      const restored = await history.newest("/a.txt");
      await t.backend.delete(t.at("/a.txt"));
      equal("conflict", (await restore(two.version, restored.version)).conflict, true);
      await t.absent("/a.txt");
      succeeds("restore", await restore(two.version, (await history.newest("/a.txt")).version));
      await t.holds("/a.txt", "two");
    },
  },
  {
    id: "history/restore/path-conflict",
    rule: "A file is not restored where a directory is now, nor below a file.",
    source: "ours",
    needs: ["history", "delete"],
    unless: "fileAndDirectory",
    async run(t) {
      const history = new CaseHistory(t);
      await t.fill(["/d", "/e/f.txt"]);
      const [d, f] = [await history.newest("/d"), await history.newest("/e/f.txt")];
      for (const path of ["/d", "/e"]) await t.backend.delete(t.at(path));
      await t.fill(["/d/a.txt", "/e"]);
      refuses("restore", await t.backend.restore(t.at("/d"), d.version));
      refuses("restore", await t.backend.restore(t.at("/e/f.txt"), f.version));
      for (const path of ["/d/a.txt", "/e"]) await t.holds(path, "x\n");
    },
  },
];
