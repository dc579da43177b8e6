import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { FilesystemBackend } from "deepagents";
import { isBinaryName, mimeTypeOf } from "../../src/content/mime.js";

/** Extensions to try on both: ours, and many that deepagents might come to know. */
const EXTENSIONS = (
  "png jpg jpeg gif webp svg heic heif bmp ico tiff avif mp3 wav aiff aac ogg flac m4a opus mp4 webm mpeg mov avi flv mpg wmv " +
  "3gpp mkv pdf ppt pptx doc docx xls xlsx zip gz tar 7z exe dll so bin wasm parquet sqlite db txt md markdown html htm css csv xml " +
  "json js mjs cjs ts tsx jsx py rb java c cpp h hpp go rs sh bash zsh yaml yml toml ini cfg conf env log sql graphql proto r " +
  "swift kt kts scala dart lua pl pm php ex exs erl hs ml mli vue svelte astro tf cmake makefile dockerfile gitignore dockerignore " +
  "editorconfig ttf woff woff2 eot rtf tex scss sass less lock ipynb mts cts PNG Md JSON"
).split(" ");

describe("types by extension, against the installed deepagents", () => {
  let directory: string;
  let theirs: FilesystemBackend;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "mime-"));
    theirs = new FilesystemBackend({ rootDir: directory, virtualMode: true });
  });
  afterAll(() => rm(directory, { recursive: true }));

  it.each(
    EXTENSIONS.map((extension) => `name.${extension}`).concat("name", ".png", "name.", "a.b.png", "x\\.png"),
  )("%s", async (name) => {
    await writeFile(join(directory, name), "x");
    const { mimeType } = await theirs.read(`/${name}`);
    const content = isBinaryName(name) ? new Uint8Array([1]) : "x";
    // On this side of a backslash deepagents' own backend sees another file.
    if (!name.includes("\\")) expect(mimeTypeOf(name, content)).toBe(mimeType);
    else expect(mimeTypeOf(name, content)).toBe("text/plain");
  });

  it("never gives bytes a text type, nor text a binary one", () => {
    expect(mimeTypeOf("a.txt", new Uint8Array())).toBe("application/octet-stream");
    expect(mimeTypeOf("a.png", "")).toBe("text/plain");
  });
});
