import type { Arbitrary } from "fast-check";
import { utf16Name } from "../../../content/media/utf16.js";
import type { Capabilities } from "../../capabilities.js";
import { INVALID_UTF8, PNG, utf8 } from "../fixtures.js";
import { type Content, GLOBS, type Method, NAMES, type PlainModel } from "./plain-model.js";
import type { FastCheck } from "./property.js";

/** Call that can be made on the model and on the backend. */
export type Call = { [M in Method]: readonly [M, ...Parameters<PlainModel[M]>] }[Method];

/** Ingredients of random calls. */
export interface Ingredients {
  /** Few paths, so that calls collide: most use the first two. */
  readonly files: readonly string[];
  readonly directories: readonly string[];
  /** Contents of files. */
  readonly content: Arbitrary<Content>;
  /** Texts to search for and replace. Default: none, since the files are not text. */
  readonly parts?: Arbitrary<string>;
  /** Replacement texts. */
  readonly replacements?: Arbitrary<string>;
  /** Maximum number of files of one upload or download. Default 3. */
  readonly batch?: number;
}

/** Paths of which none is a directory of another; some share a prefix. */
const FILES = ["/d/a.txt", "/b.md", "/d/e/a.md", "/d-e/a.txt"];
const DIRECTORIES = ["/", "/d", "/d/e", "/d-e"];

/** Generates lines of words, each with its newline. */
export function plainText(fc: FastCheck): Ingredients {
  const words = fc.constantFrom("one", "two", "x", "xx");
  const line = fc.array(words, { minLength: 1, maxLength: 3 }).map((some) => `${some.join(" ")}\n`);
  const content = fc.array(line, { minLength: 1, maxLength: 6, size: "max" }).map((lines) => lines.join(""));
  const replacements = fc.oneof(words, fc.constantFrom("two\none", "x x", ""));
  return { files: FILES, directories: DIRECTORIES, content, parts: words, replacements };
}

/** Characters that editors, databases and encoders tend to change. */
const TRICKY = ["\r\n", "\n", "\r", "\0", "\ufeff", "\u2028", "$&", "e\u0301", "\u{1f600}"];

/** Generates any well-formed text, with or without a final newline. */
export function exactText(fc: FastCheck): Ingredients {
  // `fc.string` could do this as well, but takes a second to initialize.
  const character = fc
    .integer({ min: 0, max: 0x10ffff })
    .map((code) => String.fromCodePoint(code))
    .filter((text) => text.isWellFormed());
  const parts = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom("x", ...TRICKY) },
    { weight: 1, arbitrary: character },
  );
  const replacements = fc.array(parts, { maxLength: 8, size: "max" }).map((some) => some.join(""));
  // An upload that looks like UTF-16 is binary.
  const content = replacements.filter((text) => utf16Name(utf8(text)) === undefined);
  return { files: FILES, directories: DIRECTORIES, content, parts, replacements };
}

/** Generates any bytes, under names with binary extensions. */
export function anyBytes(fc: FastCheck): Ingredients {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 24 }),
    fc.constantFrom(PNG, ...Object.values(INVALID_UTF8)),
  );
  return { files: ["/a.png", "/b.jpg", "/d/a.png", "/d/e/c.pdf"], directories: ["/", "/d", "/d/e"], content };
}

/**
 * Generates text under names that conflict as file and directory. No promise says which file of a batch wins such a
 * conflict.
 */
export function conflictingNames(fc: FastCheck): Ingredients {
  return {
    ...plainText(fc),
    files: ["/d", "/d/e", "/d/e/a.md", "/d-e", "/f"],
    directories: ["/", "/d", "/d/e"],
    batch: 1,
  };
}

/** Generates random calls of all promised methods, mostly writes and edits. */
export function callsOf(fc: FastCheck, of: Ingredients, promised: Capabilities): Arbitrary<Call> {
  const file = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...of.files.slice(0, 2)) },
    { weight: 1, arbitrary: fc.constantFrom(...of.files.slice(2)) },
  );
  const directory = fc.constantFrom(...of.directories);
  const anywhere = fc.oneof({ weight: 4, arbitrary: file }, { weight: 1, arbitrary: directory });
  const some = <T>(arbitrary: Arbitrary<T>) =>
    fc.array(arbitrary, { minLength: 1, maxLength: of.batch ?? 3 });
  const calls: { weight: number; arbitrary: Arbitrary<Call> }[] = [];
  const add = <M extends Method>(
    weight: number,
    method: M,
    ...args: Arbitraries<Parameters<PlainModel[M]>>
  ) =>
    calls.push({ weight, arbitrary: fc.tuple(fc.constant(method), ...args) as unknown as Arbitrary<Call> });

  add(6, "write", file, of.content);
  if (of.parts && of.replacements) {
    const pattern = of.parts.filter((text) => !text.includes("\n"));
    const mostly = fc.constantFrom(true, true, false);
    add(10, "edit", file, of.parts, of.replacements, mostly);
    add(2, "read", file, fc.nat(4), fc.integer({ min: 1, max: 6 }));
    add(1, "grep", pattern, anywhere, fc.constantFrom(null, ...Object.keys(NAMES)));
  }
  add(3, "readRaw", file);
  add(2, "ls", directory);
  add(1, "glob", fc.constantFrom(...Object.keys(GLOBS)), directory);
  if (promised.delete) add(4, "delete", anywhere);
  if (promised.transfer) {
    add(2, "uploadFiles", some(fc.tuple(file, of.content)));
    add(2, "downloadFiles", some(file));
  }
  return fc.oneof(...calls);
}

type Arbitraries<T extends readonly unknown[]> = { [K in keyof T]: Arbitrary<T[K]> };
