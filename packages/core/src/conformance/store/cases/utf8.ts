import type { StoredFile } from "../../../store/file-store.js";
import { check, equal } from "../../assert.js";
import { ALL_BYTES, numbered, utf8 } from "../../cases/fixtures.js";
import type { StoreContext } from "../context.js";
import type { StoreRule } from "../options.js";
import { AWKWARD_TEXTS } from "./fixtures.js";

const TEXTS: Readonly<Record<string, string>> = {
  ...AWKWARD_TEXTS,
  // Longer than a store may encode and decode at once.
  long: `${numbered(100_000)}„\u00e9😀“`,
  "long-with-nul": numbered(400_000).replace("line 7\n", "line \0 7\n"),
};

/** Text to be stored as UTF-8, as core passes it. */
const encoded = (text: string) => ({ content: utf8(text), isText: true }) as const;

/** Fetches a file with `raw`. */
async function getRaw(t: StoreContext, name: string): Promise<StoredFile> {
  const [file] = await t.store.get([t.at(name)], { ...t.options, raw: true });
  check(file !== undefined && "content" in file, `get of ${name} with raw`, "a file", file);
  return file;
}

/** Fails unless a text is stored under this name as text, and returned so in every form. */
async function isStored(t: StoreContext, name: string, text: string): Promise<StoredFile> {
  const file = await t.file(name);
  check(file.content === text, `content of ${name}`, "the text as a string", file.content);
  const { content, isText } = await getRaw(t, name);
  check(
    (isText === true) === (typeof content !== "string"),
    `isText of ${name} with raw`,
    "true of bytes only",
    isText,
  );
  const bytes = typeof content === "string" ? utf8(content) : content;
  check(Buffer.compare(bytes, utf8(text)) === 0, `content of ${name} with raw`, "the same text", content);
  return file;
}

/** Tests text that is passed as UTF-8. */
export const utf8Cases: readonly StoreRule[] = [
  ...Object.entries(TEXTS).map(
    ([name, text]): StoreRule => ({
      id: `get/encoded/${name}`,
      rule: "A text that was passed as UTF-8 is a text like any other, whether it was created or swapped in.",
      needs: "utf8Text",
      async run(t) {
        await t.made([{ ...t.change("a.txt", ""), ...encoded(text) }]);
        const file = await isStored(t, "a.txt", text);
        await t.made([{ ...t.change("a.txt", "", file), ...encoded(`${text}.`) }]);
        const swapped = await isStored(t, "a.txt", `${text}.`);
        equal("content of a string swapped in", (await t.swap(swapped, text)).content, text);
      },
    }),
  ),
  {
    id: "get/encoded/bytes",
    rule: "Binary content is not reported as text, even if it is valid UTF-8.",
    needs: "utf8Text",
    async run(t) {
      for (const bytes of [ALL_BYTES, utf8("plain words\n")]) {
        await t.write("a.png", bytes);
        const { content, isText } = await getRaw(t, "a.png");
        equal("content with raw", content, bytes);
        equal("isText with raw", isText, undefined);
      }
    },
  },
  {
    id: "get/encoded/kept",
    rule: "A call without `raw` gets a string, even right after the same file was fetched with `raw`.",
    needs: "utf8Text",
    async run(t) {
      const text = numbered(100_000);
      await t.made([{ ...t.change("a.txt", ""), ...encoded(text) }]);
      await getRaw(t, "a.txt");
      const { version } = await t.file("a.txt");
      const hints = [{}, { stale: true }, { current: new Map([[t.at("a.txt"), version]]) }];
      for (const hint of hints) {
        await getRaw(t, "a.txt");
        const [file] = await t.store.get([t.at("a.txt")], { ...t.options, ...hint });
        const content = file && "content" in file ? file.content : file;
        check(content === text, "content", "the text as a string", content);
      }
    },
  },
  {
    id: "get/encoded/sharing",
    rule: "The bytes of a change and of an answer belong to the caller, in UTF-8 form as well.",
    needs: "utf8Text",
    async run(t) {
      const text = numbered(100_000);
      const given = encoded(text);
      await t.made([{ ...t.change("a.txt", ""), ...given }]);
      given.content.fill(0x2e);
      await isStored(t, "a.txt", text);
      const { content } = await getRaw(t, "a.txt");
      if (typeof content !== "string") content.fill(0x2e);
      await isStored(t, "a.txt", text);
    },
  },
];
