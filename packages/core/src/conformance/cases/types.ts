import { check, equal, refuses } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { INVALID_UTF8, PNG, PNG_BASE64, utf8 } from "./fixtures.js";
import { MEDIA_FILES } from "./media-files.js";

/** Decides like deepagents, to the letter. */
const isTextType = (type: string) =>
  type.startsWith("text/") || ["application/json", "application/javascript", "image/svg+xml"].includes(type);

const TEXT = {
  "a.txt": "text/plain",
  "a.md": "text/markdown",
  "a.MD": "text/markdown",
  "a.html": "text/html",
  "a.csv": "text/csv",
  "a.json": "application/json",
  "a.js": "application/javascript",
  "a.mjs": "application/javascript",
  "a.svg": "image/svg+xml",
  "a.ts": "text/plain",
  "a.yaml": "text/plain",
  "a.tar.unknown": "text/plain",
  Dockerfile: "text/plain",
  ".png": "text/plain",
  "a.png.txt": "text/plain",
  "a.": "text/plain",
};

const MEDIA = {
  "a.png": ["image/png", MEDIA_FILES.png],
  "a.PNG": ["image/png", MEDIA_FILES.png],
  "a.jpeg": ["image/jpeg", MEDIA_FILES.jpeg],
  "a.webp": ["image/webp", MEDIA_FILES.webp],
  "a.mp3": ["audio/mpeg", MEDIA_FILES.mp3],
  "a.wav": ["audio/wav", MEDIA_FILES.wav],
  "a.mp4": ["video/mp4", MEDIA_FILES.mp4],
  "a.pdf": ["application/pdf", MEDIA_FILES.pdf],
  "a.pptx": ["application/vnd.openxmlformats-officedocument.presentationml.presentation", MEDIA_FILES.pptx],
} as const;

/** Tests what counts as text, what as binary, and how both are shown to the model. */
export const typeCases: readonly ConformanceCase[] = [
  ...Object.entries(TEXT).map(
    ([name, type]): ConformanceCase => ({
      id: `types/text/${name}`,
      rule: `\`${name}\` is text of the type ${type}, exactly: any other makes deepagents send text on as base64.`,
      source: "tools",
      async run(t) {
        await t.write(`/d.png/${name}`, "text\n");
        const read = await t.read(`/d.png/${name}`);
        equal("read", [read.content, read.mimeType ?? type], ["text\n", type]);
        const raw = await t.data(`/d.png/${name}`);
        equal("readRaw", [raw.content, raw.mimeType], ["text\n", type]);
      },
    }),
  ),
  ...Object.entries(MEDIA).map(
    ([name, [type, bytes]]): ConformanceCase => ({
      id: `types/media/${name}`,
      rule: `\`${name}\` is bytes of the type ${type}.`,
      source: "deepagents",
      async run(t) {
        await t.write(`/${name}`, btoa(String.fromCharCode(...bytes)));
        const read = await t.read(`/${name}`);
        equal("read", [read.content, read.mimeType ?? type], [bytes, type]);
        const raw = await t.data(`/${name}`);
        equal("readRaw", [raw.content, raw.mimeType], [bytes, type]);
      },
    }),
  ),
  {
    id: "types/uploaded/utf8-is-text",
    rule: "Uploaded bytes that are UTF-8 are text, under a known extension, an unknown one and none.",
    source: "deepagents",
    needs: "transfer",
    async run(t) {
      for (const path of ["/a.py", "/a.unknown", "/a"]) {
        await t.upload([path, utf8("é\n")]);
        const { content, mimeType } = await t.read(path);
        equal(`read of ${path}`, [content, mimeType ?? "text/plain"], ["é\n", "text/plain"]);
      }
    },
  },
  {
    id: "types/uploaded/invalid-utf8-is-bytes",
    rule: "Bytes that are not UTF-8 never come with a type of text, which deepagents would show as an empty file.",
    source: "ours",
    needs: ["transfer", "byteFidelity", "detectsBinary"],
    async run(t) {
      for (const [name, bytes] of Object.entries({ ...INVALID_UTF8, png: PNG })) {
        await t.upload([`/${name}.txt`, bytes]);
        const { content, mimeType } = await t.data(`/${name}.txt`);
        equal(`content of ${name}`, content, bytes);
        check(!isTextType(mimeType), `type of ${name}`, "none of text", mimeType);
      }
    },
  },
  {
    id: "types/uploaded/nul-under-unknown-extension-is-bytes",
    rule: "Uploaded bytes with a NUL under an unknown extension are binary: formats without a name of their own have them.",
    source: "ours",
    needs: ["transfer", "byteFidelity", "detectsBinary"],
    async run(t) {
      await t.upload(["/a.unknown", utf8("a\0b")]);
      const { content, mimeType } = await t.data("/a.unknown");
      equal("content", content, utf8("a\0b"));
      check(!isTextType(mimeType), "type", "none of text", mimeType);
    },
  },
  {
    id: "types/uploaded/nul-under-known-extension-is-text",
    rule: "A NUL makes no binary of a `.txt` or `.md`: histories with one are uploaded and read back.",
    source: "tools",
    needs: "transfer",
    async run(t) {
      await t.upload(["/a.md", utf8("a\0b")]);
      equal(
        "read",
        [(await t.read("/a.md")).content, (await t.read("/a.md")).mimeType ?? "text/markdown"],
        ["a\0b", "text/markdown"],
      );
    },
  },
  {
    id: "types/written/nul-stays-text",
    rule: "A written string is text, whatever it contains, under an unknown extension and none.",
    source: "tools",
    async run(t) {
      for (const path of ["/a.unknown", "/a", "/a.txt"]) {
        await t.write(path, "a\0b\n");
        const { content, mimeType } = await t.read(path);
        equal(`read of ${path}`, [content, mimeType ?? "text/plain"], ["a\0b\n", "text/plain"]);
      }
    },
  },
  {
    id: "types/written/nul-stays-text-when-edited",
    rule: "A text with a NUL that was edited is still text.",
    source: "tools",
    async run(t) {
      await t.write("/a.unknown", "a\0b\n");
      await t.edit("/a.unknown", "b", "c");
      await t.holds("/a.unknown", "a\0c\n");
    },
  },
  {
    id: "types/uploaded/text-under-media-extension-is-bytes",
    rule: "Under the extension of a picture any bytes are bytes.",
    source: "deepagents",
    needs: "transfer",
    async run(t) {
      await t.upload(["/a.png", utf8("plain text")]);
      equal("content", (await t.data("/a.png")).content, utf8("plain text"));
      equal("bytes", await t.bytes("/a.png"), utf8("plain text"));
    },
  },
  ...["unknown", "txt", "zip"].map(
    (extension): ConformanceCase => ({
      id: `types/unreadable/bytes-of-${extension}`,
      rule: "Bytes that no model can be shown are an error, which names type and size: as content they stay in the history forever.",
      source: "ours",
      needs: ["transfer", "byteFidelity", "detectsBinary"],
      async run(t) {
        const path = `/a.${extension}`;
        await t.upload([path, Uint8Array.from({ length: 1_234 }, () => 0xff)]);
        const answer = await t.backend.read(t.at(path));
        const words = [/1[,.\u00a0 ]?234|1\.2/, /[a-z]+\/[a-z.+-]+/];
        refuses("read", answer, ...(t.capabilities.errorWords ? words : []));
        equal("content", answer.content, undefined);
        equal("bytes", (await t.bytes(path)).length, 1_234);
      },
    }),
  ),
  {
    id: "types/unreadable/empty-picture",
    rule: "An empty picture is an error: an image without data is refused by the model's provider.",
    source: "ours",
    needs: ["transfer", "byteFidelity", "detectsBinary"],
    async run(t) {
      await t.upload(["/a.png", new Uint8Array(0)]);
      const answer = await t.backend.read(t.at("/a.png"));
      refuses("read", answer, ...(t.capabilities.errorWords ? ["image/png"] : []));
      equal("content", answer.content, undefined);
      equal("bytes", (await t.bytes("/a.png")).length, 0);
    },
  },
  {
    id: "types/replaced/follows-the-name",
    rule: "The type follows name and content, not the previous file.",
    source: "deepagents",
    needs: "transfer",
    async run(t) {
      await t.write("/a.png", PNG_BASE64);
      await t.upload(["/a.txt", utf8("one")]);
      equal(
        "types",
        [(await t.data("/a.png")).mimeType, (await t.data("/a.txt")).mimeType],
        ["image/png", "text/plain"],
      );
    },
  },
];
