import type { Arbitrary } from "fast-check";
import { equal } from "../../assert.js";
import type { CaseContext } from "../../context.js";
import { notPromisedAfterAll } from "../../not-tried.js";
import { type FastCheck, tryProperty } from "./property.js";
import { TriedBackend } from "./tried-backend.js";

const WRITERS = 4;
const FILES = ["/a.txt", "/d/b.txt"];
const TOKENS = ["red", "green", "blue"];

/** Edit of a writer: inserts a mark after a token, or deletes its last mark there. */
interface Edit {
  readonly file: string;
  readonly token: string;
  readonly does: "puts" | "takes";
}

const editsOf = (fc: FastCheck, most: number): Arbitrary<readonly Edit[]> =>
  fc.array(
    fc.record({
      file: fc.constantFrom(...FILES),
      token: fc.constantFrom(...TOKENS),
      does: fc.constantFrom("puts" as const, "puts" as const, "takes" as const),
    }),
    { minLength: 1, maxLength: most, size: "max" },
  );

/**
 * Edits files concurrently through several instances. No edit depends on those of other writers: in any order, all
 * succeed, and each token ends with exactly the marks that were inserted and not deleted.
 */
export async function tryConcurrentEdits(t: CaseContext): Promise<void> {
  if (!t.capabilities.directories) throw notPromisedAfterAll("directories");
  const backends = [t.backend];
  while (backends.length < WRITERS) backends.push(await t.open());

  await tryProperty<readonly (readonly Edit[])[]>(t, {
    repeatable: false,
    values: (fc, steps) => fc.tuple(...backends.map(() => editsOf(fc, Math.ceil(steps / WRITERS)))),
    async holds(writers, directory, calls) {
      const tried = backends.map((backend) => new TriedBackend(backend, directory, t.capabilities, calls));
      for (const file of FILES) {
        const lines = TOKENS.map((token) => `${token}:\n`).join("");
        equal(`write of ${file}`, await tried[0]!.write(file, lines), "success");
      }
      const remaining = await Promise.all(writers.map((edits, i) => makeEdits(tried[i]!, i, edits)));
      for (const file of FILES) {
        const answer = await tried[0]!.readRaw(file);
        const content = typeof answer === "string" ? answer : String(answer.content);
        for (const token of TOKENS) {
          const marks = new RegExp(`^${token}:(.*)$`, "m").exec(content)?.[1]?.match(/<.*?>/g) ?? [];
          const expected = remaining.flatMap((marksAt) => marksAt.get(`${file} ${token}`) ?? []);
          equal(`marks of ${token} in ${file}`, marks.sort(), expected.sort());
        }
        equal(`lines of ${file}`, content.split("\n").length, TOKENS.length + 1);
      }
    },
  });
}

/** Makes the edits of one writer in sequence; returns its remaining marks at each token. */
async function makeEdits(
  backend: TriedBackend,
  writer: number,
  edits: readonly Edit[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const marksAt = new Map<string, string[]>();
  for (const [i, { file, token, does }] of edits.entries()) {
    const marks = marksAt.get(`${file} ${token}`) ?? [];
    marksAt.set(`${file} ${token}`, marks);
    const taken = does === "takes" ? marks.pop() : undefined;
    const put = `<${writer}.${i}>`;
    if (taken === undefined) marks.push(put);
    const [from, to] = taken === undefined ? [`${token}:`, `${token}:${put}`] : [taken, ""];
    equal(`edit ${i} of writer ${writer}`, await backend.edit(file, from, to, false), { occurrences: 1 });
  }
  return marksAt;
}
