import { equal, refuses } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { utf8 } from "./fixtures.js";
import { MEDIA_FILES, UTF16 } from "./media-files.js";

const NEEDS = ["transfer", "byteFidelity", "detectsTypes"] as const;

/** Content that does not match its name, and that no model can be shown. */
const UNSHOWN: Readonly<Record<string, readonly [path: string, bytes: Uint8Array]>> = {
  "json-as-png": ["/a.png", utf8('{"error": "no such image"}')],
  "html-as-pdf": ["/a.pdf", utf8("<!DOCTYPE html><html><body>404</body></html>")],
  "text-as-mp3": ["/a.mp3", utf8("just words, and no music")],
  "unknown-as-jpg": ["/a.jpg", Uint8Array.from({ length: 300 }, (_, i) => (i * 7 + 3) % 251)],
  "heic-as-jpg": ["/a.jpg", MEDIA_FILES.heic],
  "zip-as-pptx": ["/a.pptx", MEDIA_FILES.zip],
};

/** Content of a type that a model can be shown, under the name of another type. */
const SHOWN: Readonly<Record<string, readonly [path: string, bytes: Uint8Array, type: string]>> = {
  "jpeg-as-png": ["/a.png", MEDIA_FILES.jpeg, "image/jpeg"],
  "png-as-pdf": ["/a.pdf", MEDIA_FILES.png, "image/png"],
  "webp-as-mp4": ["/a.mp4", MEDIA_FILES.webp, "image/webp"],
  "png-as-txt": ["/a.txt", MEDIA_FILES.png, "image/png"],
  "gif-without-extension": ["/a", MEDIA_FILES.gif, "image/gif"],
};

const TRUNCATED = ["png", "jpeg", "gif", "webp", "pdf", "pptx"] as const;

/** Tests that the bytes decide how a file is shown to a model. */
export const detectedTypeCases: readonly ConformanceCase[] = [
  ...Object.entries(UNSHOWN).map(
    ([name, [path, bytes]]): ConformanceCase => ({
      id: `types/misnamed/${name}`,
      rule: "Bytes that are not what their name says are an error to a reader: a provider answers 400 to them, and the block stays in the thread.",
      source: "ours",
      needs: NEEDS,
      async run(t) {
        await t.upload([path, bytes]);
        const answer = await t.backend.read(t.at(path));
        refuses("read", answer, ...(t.capabilities.errorWords ? [`${bytes.length}`] : []));
        equal("content", answer.content, undefined);
        equal("bytes", await t.bytes(path), bytes);
      },
    }),
  ),
  ...Object.entries(SHOWN).map(
    ([name, [path, bytes, type]]): ConformanceCase => ({
      id: `types/misnamed/${name}`,
      rule: "Bytes of a type that models can be shown come with that type, whatever their name.",
      source: "ours",
      needs: NEEDS,
      async run(t) {
        await t.upload([path, bytes]);
        const { content, mimeType } = await t.read(path);
        equal("read", [content, mimeType], [bytes, type]);
      },
    }),
  ),
  ...TRUNCATED.map(
    (name): ConformanceCase => ({
      id: `types/truncated/${name}`,
      rule: "A file whose end is missing, as after an interrupted download, is an error to a reader.",
      source: "ours",
      needs: NEEDS,
      async run(t) {
        const bytes = MEDIA_FILES[name].slice(0, -8);
        await t.upload([`/a.${name}`, bytes]);
        const answer = await t.backend.read(t.at(`/a.${name}`));
        refuses("read", answer, ...(t.capabilities.errorWords ? ["truncated"] : []));
        equal("content", answer.content, undefined);
        equal("bytes", await t.bytes(`/a.${name}`), bytes);
      },
    }),
  ),
  ...Object.entries(UTF16).map(
    ([name, bytes]): ConformanceCase => ({
      id: `types/utf-16/${name}`,
      rule: "UTF-16 text is not shown as text full of NULs, and its bytes are kept.",
      source: "ours",
      needs: NEEDS,
      async run(t) {
        await t.upload(["/a.txt", bytes]);
        const answer = await t.backend.read(t.at("/a.txt"));
        refuses("read", answer, ...(t.capabilities.errorWords ? ["UTF-16"] : []));
        equal("content", answer.content, undefined);
        equal("bytes", await t.bytes("/a.txt"), bytes);
        equal("grep", await t.grep("W"), []);
      },
    }),
  ),
];
