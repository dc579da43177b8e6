import type { Arbitrary } from "fast-check";
import type { Capabilities } from "../../capabilities.js";
import { INVALID_UTF8, PNG } from "../fixtures.js";
import { type Content, GLOBS, type Method, NAMES, type PlainModel } from "./plain-model.js";
import type { FastCheck } from "./property.js";

/** A call of the model and of the backend. */
export type Call = { [M in Method]: readonly [M, ...Parameters<PlainModel[M]>] }[Method];

/** What random calls are made of. */
export interface Ingredients {
  /** Few, so that calls meet: most go to the first two. */
  readonly files: readonly string[];
  readonly directories: readonly string[];
  /** What files are filled with. */
  readonly content: Arbitrary<Content>;
  /** What is searched, and replaced. Default: nothing is, since the files are not text. */
  readonly parts?: Arbitrary<string>;
  /** What is put in the place of a part. */
  readonly replacements?: Arbitrary<string>;
  /** Files of one upload or download, at most. Default 3. */
  readonly batch?: number;
}

/** None of these is a directory of another; some begin alike. */
const FILES = ["/d/a.txt", "/b.md", "/d/e/a.md", "/d-e/a.txt"];
const DIRECTORIES = ["/", "/d", "/d/e", "/d-e"];

/** Lines of words, each with its newline. */
export function plainText(fc: FastCheck): Ingredients {
  const words = fc.constantFrom("one", "two", "x", "xx");
  const line = fc.array(words, { minLength: 1, maxLength: 3 }).map((some) => `${some.join(" ")}\n`);
  const content = fc.array(line, { minLength: 1, maxLength: 6, size: "max" }).map((lines) => lines.join(""));
  const replacements = fc.oneof(words, fc.constantFrom("two\none", "x x", ""));
  return { files: FILES, directories: DIRECTORIES, content, parts: words, replacements };
}

/** What editors, databases and encoders like to change. */
const TRICKY = ["\r\n", "\n", "\r", "\0", "\ufeff", "\u2028", "$&", "e\u0301", "\u{1f600}"];

/** Any well-formed text, with or without a newline at its end. */
export function exactText(fc: FastCheck): Ingredients {
  // `fc.string` could do so too, but takes a second to get ready.
  const character = fc
    .integer({ min: 0, max: 0x10ffff })
    .map((code) => String.fromCodePoint(code))
    .filter((text) => text.isWellFormed());
  const parts = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom("x", ...TRICKY) },
    { weight: 1, arbitrary: character },
  );
  const content = fc.array(parts, { maxLength: 8, size: "max" }).map((some) => some.join(""));
  return { files: FILES, directories: DIRECTORIES, content, parts, replacements: content };
}

/** Any bytes, under names of pictures and the like. */
export function anyBytes(fc: FastCheck): Ingredients {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 24 }),
    fc.constantFrom(PNG, ...Object.values(INVALID_UTF8)),
  );
  return { files: ["/a.png", "/b.jpg", "/d/a.png", "/d/e/c.pdf"], directories: ["/", "/d", "/d/e"], content };
}

/** Text under names that files and directories have in common. Which file of a batch wins such a name is nobody's promise. */
export function conflictingNames(fc: FastCheck): Ingredients {
  return {
    ...plainText(fc),
    files: ["/d", "/d/e", "/d/e/a.md", "/d-e", "/f"],
    directories: ["/", "/d", "/d/e"],
    batch: 1,
  };
}

/** Random calls of whatever is promised, writes and edits most of all. */
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
