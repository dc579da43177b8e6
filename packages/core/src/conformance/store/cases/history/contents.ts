import { check, equal } from "../../../assert.js";
import { ALL_BYTES, INVALID_UTF8, utf8 } from "../../../cases/fixtures.js";
import { HistoryContext } from "../../history-context.js";
import type { StoreRule } from "../../options.js";
import { AWKWARD_TEXTS } from "../fixtures.js";

const LARGE = 5 * 1024 * 1024;

const CONTENTS: Readonly<Record<string, string | Uint8Array>> = {
  ...Object.fromEntries(Object.entries(AWKWARD_TEXTS).map(([name, text]) => [`text-${name}`, text])),
  "bytes-all": ALL_BYTES,
  "bytes-empty": new Uint8Array(),
  "bytes-of-text": utf8("plain words\n"),
  "bytes-invalid": INVALID_UTF8.impossible!,
  "large-text": "filler \u00e9\n".repeat(LARGE / 10),
  "large-bytes": new Uint8Array(LARGE).map((_, i) => i % 251),
};

/** Tests that old versions are returned unchanged. */
export const contentCases: readonly StoreRule[] = [
  ...Object.entries(CONTENTS).map(
    ([name, content]): StoreRule => ({
      id: `history/content/${name}`,
      rule: "A version that was replaced or deleted is returned as it was: text as text, bytes as bytes, by its id and at a point in time.",
      needs: "history",
      async run(t) {
        const history = new HistoryContext(t);
        await t.write("a.txt", content);
        const replaced = await history.newest("a.txt");
        await t.write("a.txt", "other");
        await t.write("a.txt", content);
        const deleted = await history.newest("a.txt");
        await t.delete("a.txt", "file");
        for (const { id } of [replaced, deleted]) {
          equal("content by id", (await history.get("a.txt", id))?.content, content);
          const snapshot = await history.resolve({ version: id });
          equal("content at the time", await history.contentsAt(snapshot, "a.txt"), [content]);
        }
      },
    }),
  ),
  {
    id: "history/content/current",
    rule: "The current version has an id too, and is returned by it.",
    needs: "history",
    async run(t) {
      const history = new HistoryContext(t);
      await t.write("a.txt", "one");
      const file = await t.write("a.txt", "two");
      const found = await history.get("a.txt", (await history.newest("a.txt")).id);
      equal("content", found?.content, "two");
      equal("times", [found?.createdAt, found?.modifiedAt], [file.createdAt, file.modifiedAt]);
    },
  },
  {
    id: "history/content/times",
    rule: "An old version has the times that the file had.",
    needs: "history",
    async run(t) {
      const one = await t.write("a.txt", "one");
      const two = await t.swap(one, "two");
      await t.delete("a.txt", "file");
      const history = new HistoryContext(t);
      for (const [i, { id, kind }] of (await history.versions("a.txt")).entries()) {
        const file = i === 1 ? two : one;
        const found = await history.get("a.txt", id);
        if (kind === "delete") equal("file", found, undefined);
        else equal("times", [found?.createdAt, found?.modifiedAt], [file.createdAt, file.modifiedAt]);
      }
    },
  },
  {
    id: "history/content/unknown",
    rule: "There is no file at a deletion, at an unknown id, and at a version of another file.",
    needs: "history",
    async run(t) {
      const history = new HistoryContext(t);
      await t.fill(["a.txt", "b.txt", "d/a.txt"]);
      await t.delete("b.txt", "file");
      const { id } = await history.newest("a.txt");
      equal("at the deletion", await history.get("b.txt", (await history.newest("b.txt")).id), undefined);
      for (const unknown of ["0", "unknown", "-1", "1.5", "99999999999999999999999", "x".repeat(2_000)])
        equal(`at ${unknown.slice(0, 30)}`, await history.get("a.txt", unknown), undefined);
      for (const name of ["b.txt", "d/a.txt", "no.txt"])
        equal(`at another file's, for ${name}`, await history.get(name, id), undefined);
    },
  },
  {
    id: "history/content/utf8",
    rule: "An old text may be answered as its UTF-8 where that is asked for, and is a string where it is not.",
    needs: ["history", "utf8Text"],
    async run(t) {
      const history = new HistoryContext(t);
      const text = "line \u00e9\n".repeat(200_000);
      await t.write("a.txt", text);
      const { id } = await history.newest("a.txt");
      await t.write("a.txt", "other");
      const raw = await t.ask(() => history.store.getVersion(t.at("a.txt"), id, { ...t.options, raw: true }));
      const isText = typeof raw?.content === "string" || raw?.isText === true;
      check(isText, "content", "a text, or its UTF-8 marked as that", raw?.content);
      equal("UTF-8", Buffer.from(raw.content).equals(Buffer.from(text)), true);
      equal("content", (await history.get("a.txt", id))?.content, text);
    },
  },
  {
    id: "history/content/belongs-to-the-caller",
    rule: "A version does not change when the bytes that were stored or fetched do.",
    needs: "history",
    async run(t) {
      const history = new HistoryContext(t);
      const bytes = utf8("one");
      await t.write("a.png", bytes);
      bytes.fill(0);
      const snapshot = await history.after("a.png");
      const { id } = await history.newest("a.png");
      await t.write("a.png", utf8("two"));
      const [at] = await history.contentsAt(snapshot, "a.png");
      for (const found of [(await history.get("a.png", id))?.content, at]) {
        equal("content", found, utf8("one"));
        (found as Uint8Array).fill(0);
      }
      equal("content", (await history.get("a.png", id))?.content, utf8("one"));
    },
  },
];
