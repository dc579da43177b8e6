import { check, equal, isBytes } from "../../assert.js";
import { ALL_BYTES, INVALID_UTF8, PNG, utf8 } from "../../cases/fixtures.js";
import { isOfOneFile } from "../context.js";
import type { StoreRule } from "../options.js";
import { AWKWARD_TEXTS, manyNames } from "./fixtures.js";

/** Bytes as core passes them to a store, each with a matching name. */
const BYTES: Readonly<Record<string, readonly [name: string, bytes: Uint8Array]>> = {
  picture: ["a.png", PNG],
  "all-bytes": ["a.bin", ALL_BYTES],
  empty: ["a.png", new Uint8Array()],
  "valid-utf8": ["a.png", utf8("plain words\n")],
  bom: ["a.png", utf8("\ufeffplain words\n")],
  nul: ["data", utf8("a\0b\n")],
  json: ["a.png", utf8('{"content":["one"]}')],
  ...Object.fromEntries(
    Object.entries(INVALID_UTF8).map(([name, bytes]) => [`invalid-${name}`, ["a.txt", bytes] as const]),
  ),
};

const LARGE = 5 * 1024 * 1024;

/** Tests that stored content is returned unchanged. */
export const getCases: readonly StoreRule[] = [
  {
    id: "get/answers/one-per-key",
    rule: "There is one answer for each key, in the order of the keys, `undefined` for a file that is absent.",
    async run(t) {
      await t.fill(["a", "b", "d/c"]);
      const names = ["d/c", "no", "b", "d", "a", "d/c/no", "zz"];
      const found = (await t.files(names)).map((file) => file && t.below(file.key));
      equal("files", found, ["d/c", undefined, "b", undefined, "a", undefined, undefined]);
    },
  },
  {
    id: "get/answers/many-keys",
    rule: "1,100 keys are answered in one call, half of them absent.",
    async run(t) {
      const names = manyNames(1_100);
      await t.fill(names.filter((_, i) => i % 2 === 0));
      const found = (await t.files(names)).map((file) => file !== undefined);
      equal(
        "found",
        found,
        names.map((_, i) => i % 2 === 0),
      );
    },
  },
  {
    id: "get/unreadable/one-of-many",
    rule: "An unreadable file is an error in place of its answer, not of the whole call: all other files are answered.",
    needs: "unreadable",
    async run(t) {
      await t.fill(["a", "b", "c"]);
      await t.makeUnreadable("b");
      const answers = await t.store.get(
        ["a", "b", "c", "d"].map((name) => t.at(name)),
        t.options,
      );
      equal(
        "answers",
        answers.map((answer) => (isOfOneFile(answer) ? "error" : typeof answer)),
        ["object", "error", "object", "undefined"],
      );
    },
  },
  {
    id: "get/absent/directory",
    rule: "A directory is not a file.",
    async run(t) {
      await t.write("d/a.txt", "x");
      await t.absent("d", "d/", "d/a", "d/a.txt.bak");
    },
  },
  ...Object.entries(AWKWARD_TEXTS).map(
    ([name, text]): StoreRule => ({
      id: `get/text/${name}`,
      rule: "Text is returned as a string, character by character, whether it was created or swapped in.",
      async run(t) {
        for (const name of ["a.txt", "data"]) {
          const created = await t.write(name, text);
          equal(`content of ${name} when created`, created.content, text);
          const between = await t.swap(created, "between");
          equal(`content of ${name} when swapped in`, (await t.swap(between, text)).content, text);
        }
      },
    }),
  ),
  ...Object.entries(BYTES).map(
    ([id, [name, bytes]]): StoreRule => ({
      id: `get/bytes/${id}`,
      rule: "Bytes are returned as the same bytes, even if they are valid text.",
      async run(t) {
        const { content } = await t.write(name, bytes);
        check(isBytes(content), `content of ${name}`, "bytes", content);
        equal(`content of ${name}`, content, bytes);
      },
    }),
  ),
  {
    id: "get/bytes/replaced-by-text",
    rule: "A file that was bytes can become text, and vice versa.",
    async run(t) {
      await t.write("data", ALL_BYTES);
      await t.write("data", "text");
      await t.holds("data", "text");
      await t.write("data", ALL_BYTES);
      await t.holds("data", ALL_BYTES);
    },
  },
  {
    id: "get/large/text",
    rule: "A text of 5 MB is returned whole.",
    async run(t) {
      const text = "line \u00e9\u{1f600}\r\n".repeat(LARGE / 13);
      const { content } = await t.write("a.txt", text);
      check(content === text, "the text", "the one that was stored", content);
    },
  },
  {
    id: "get/large/bytes",
    rule: "5 MB of bytes are returned whole.",
    async run(t) {
      const bytes = Uint8Array.from({ length: LARGE }, (_, i) => (i * i) >> 3);
      const { content } = await t.write("a.png", bytes);
      check(isBytes(content) && Buffer.compare(content, bytes) === 0, "the bytes", "those stored", content);
    },
  },
  {
    id: "get/sharing/given",
    rule: "The bytes of a change belong to the caller: modifying them afterwards changes no file.",
    async run(t) {
      const bytes = Uint8Array.of(1, 2, 3);
      await t.write("a.png", bytes);
      bytes.fill(9);
      await t.holds("a.png", Uint8Array.of(1, 2, 3));
    },
  },
  {
    id: "get/sharing/answered",
    rule: "The bytes of an answer belong to the caller: modifying them changes no file and no later answer.",
    async run(t) {
      const { content } = await t.write("a.png", Uint8Array.of(1, 2, 3));
      (content as Uint8Array).fill(9);
      await t.holds("a.png", Uint8Array.of(1, 2, 3));
    },
  },
  {
    id: "get/fresh/another-instance",
    rule: "Changes of another instance are visible immediately if the call carries no hint.",
    async run(t) {
      const other = await t.open();
      await t.write("a.txt", "one");
      await t.swap(await t.file("a.txt", other), "two", undefined, other);
      await t.holds("a.txt", "two");
      await other.delete(t.at("a.txt"), { ...t.options, scope: "file" });
      await t.absent("a.txt");
    },
  },
  {
    id: "get/hints/current",
    rule: "A version that a listing has just reported is returned, not an older one from a cache.",
    async run(t) {
      const other = await t.open();
      await t.write("a.txt", "one");
      await t.swap(await t.file("a.txt", other), "two", undefined, other);
      const [entry] = await t.entries("a.txt");
      const current = new Map(entry?.version === undefined ? [] : [[t.at("a.txt"), entry.version]]);
      const [file] = await t.store.get([t.at("a.txt")], { ...t.options, current });
      check(file !== undefined && "content" in file, "get", "a file", file);
      equal("content", file.content, "two");
    },
  },
  {
    id: "get/hints/stale",
    rule: "With `stale` an answer may be an older version of the file, but a consistent one: content and version match.",
    async run(t) {
      const other = await t.open();
      const one = await t.write("a.txt", "one");
      const two = await t.swap(await t.file("a.txt", other), "two", undefined, other);
      const [file] = await t.store.get([t.at("a.txt")], { ...t.options, stale: true });
      check(file !== undefined && "content" in file, "get", "a file", file);
      const known = new Map([one, two].map(({ version, content }) => [version, content]));
      equal("content of this version", file.content, known.get(file.version));
    },
  },
];
