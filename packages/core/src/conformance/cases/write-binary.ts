import { equal, refuses } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { ALL_BYTES, PNG, PNG_BASE64 } from "./fixtures.js";

const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));

/** Tests binary files created by `write`, which takes them as base64. */
export const writeBinaryCases: readonly ConformanceCase[] = [
  {
    id: "write/base64/plain",
    rule: "For a binary extension the content is base64 and the bytes are stored.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.png", PNG_BASE64);
      await t.holds("/a.png", PNG);
    },
  },
  {
    id: "write/base64/every-byte",
    rule: "Every byte survives base64, those of `+` and `/` among them.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.pdf", base64(ALL_BYTES));
      await t.holds("/a.pdf", ALL_BYTES);
    },
  },
  {
    id: "write/base64/extension-in-capitals",
    rule: "The case of an extension does not matter to its type.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.PNG", PNG_BASE64);
      await t.holds("/a.PNG", PNG);
    },
  },
  {
    id: "write/base64/data-url",
    rule: "A `data:` URL is taken for the bytes that it carries, as models like to write it.",
    source: "ours",
    needs: "strictInput",
    async run(t) {
      await t.write("/a.png", `data:image/png;base64,${PNG_BASE64}`);
      await t.holds("/a.png", PNG);
    },
  },
  {
    id: "write/base64/white-space",
    rule: "Line breaks and spaces in base64 are not part of it.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.png", ` ${PNG_BASE64.replace(/.{20}/g, "$&\r\n")}\t\n`);
      await t.holds("/a.png", PNG);
    },
  },
  ...Object.entries({
    words: "Here is the picture of a cat you asked for.",
    "one-wrong-character": `${PNG_BASE64.slice(0, 8)}!${PNG_BASE64.slice(9)}`,
    "padding-in-the-middle": "aGVsbG8=aGVsbG8=",
    "impossible-length": "aGVsb",
  }).map(
    ([name, content]): ConformanceCase => ({
      id: `write/base64/refused/${name}`,
      rule: "Anything but base64 is refused for a binary extension and nothing is stored: a corrupt image poisons the conversation.",
      source: "ours",
      needs: "strictInput",
      async run(t) {
        const answer = await t.backend.write(t.at("/d/a.png"), content);
        refuses("write", answer);
        await t.absent("/d/a.png");
        equal("ls", await t.ls("/d"), []);
      },
    }),
  ),
  {
    id: "write/base64/words-are-answered",
    rule: "Words under a picture's name are answered, with an error or not: models write them, and an exception ends the run.",
    source: "tools",
    async run(t) {
      for (const content of ["Here is the picture of a cat you asked for.", "aGVsb", "a=b"]) {
        await t.backend.write(t.at("/a.png"), content);
      }
    },
  },
  {
    id: "write/base64/svg-is-text",
    rule: "An SVG is text: it is written and read as it stands.",
    source: "deepagents",
    async run(t) {
      const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>\n';
      await t.write("/a.svg", svg);
      await t.holds("/a.svg", svg);
    },
  },
  {
    id: "write/base64/not-for-text",
    rule: "Base64 written under an extension of text is text.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", PNG_BASE64);
      await t.holds("/a.txt", PNG_BASE64);
    },
  },
];
