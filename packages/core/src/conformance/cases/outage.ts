import { check, equal, refuses, show } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import type { CaseContext } from "../context.js";
import { READ_AS_ABSENCE, utf8 } from "./fixtures.js";

const needs = "outage";

/** Existing files. */
const FILES = ["/d/a.txt", "/d/b.txt"];

/** Number of operations after the one that noticed the outage; each has a second on average. */
const FAST = 3;

/** Creates files and starts an outage. */
async function away(t: CaseContext): Promise<void> {
  await t.fill(FILES, "needle\n");
  await t.outage();
}

/** Fails unless an answer is an error that cannot be mistaken for absence. */
function fails(what: string, answer: { error?: unknown }): void {
  const error = refuses(what, answer);
  check(!READ_AS_ABSENCE.test(error), `error of ${what}`, "no word of absence", error);
}

/** Tests outages in which all requests fail. */
export const outageCases: readonly ConformanceCase[] = [
  {
    id: "outage/read/is-an-error",
    rule: "A read during an outage is an error that does not suggest absence, whether or not the file exists.",
    source: "ours",
    needs,
    async run(t) {
      await away(t);
      const paths = [...FILES, "/d/missing.txt"].map((path) => t.at(path));
      const reads = paths.map(async (path) => {
        const [read, raw] = await Promise.all([t.backend.read(path), t.backend.readRaw(path)]);
        fails(`read of ${path}`, read);
        fails(`readRaw of ${path}`, raw);
        equal("content", [read.content, raw.data], [undefined, undefined]);
      });
      await Promise.all(reads);
    },
  },
  {
    id: "outage/ls/is-an-error",
    rule: "`ls` during an outage is an error: an empty list loses skills, and `not a directory` a permission rule.",
    source: "ours",
    needs,
    async run(t) {
      await away(t);
      const paths = ["/", "/d", "/d/", "/missing", "/d/a.txt"].map((path) => t.at(path));
      await Promise.all(paths.map(async (path) => fails(`ls of ${path}`, await t.backend.ls(path))));
    },
  },
  {
    id: "outage/glob/is-an-error",
    rule: "`glob` during an outage is an error, not a shorter list.",
    source: "ours",
    needs,
    async run(t) {
      await away(t);
      const patterns = ["**", "*.txt", "nothing"];
      await Promise.all(
        patterns.map(async (pattern) =>
          refuses(`glob of ${pattern}`, await t.backend.glob(pattern, t.at("/d"))),
        ),
      );
    },
  },
  {
    id: "outage/grep/is-an-error",
    rule: "`grep` during an outage is an error, not a shorter list.",
    source: "ours",
    needs,
    async run(t) {
      await away(t);
      const paths = ["/d", "/d/a.txt", "/missing"].map((path) => t.at(path));
      await Promise.all(
        paths.map(async (path) => refuses(`grep in ${path}`, await t.backend.grep("needle", path))),
      );
    },
  },
  {
    id: "outage/write/is-an-error",
    rule: "A write during an outage is an error, never success.",
    source: "ours",
    needs,
    async run(t) {
      await away(t);
      const paths = ["/d/a.txt", "/d/new.txt", "/new/c.txt"];
      await Promise.all(
        paths.map(async (path) => refuses(`write of ${path}`, await t.backend.write(t.at(path), "lost\n"))),
      );
    },
  },
  {
    id: "outage/edit/is-an-error",
    rule: "An edit during an outage is an error that does not suggest absence, never success.",
    source: "ours",
    needs,
    async run(t) {
      await away(t);
      const edits = [...FILES, "/d/missing.txt"].map(async (path) =>
        fails(`edit of ${path}`, await t.backend.edit(t.at(path), "needle", "lost")),
      );
      await Promise.all(edits);
    },
  },
  {
    id: "outage/delete/is-an-error",
    rule: "A deletion during an outage is an error that does not suggest absence, which a composite backend takes for success.",
    source: "ours",
    needs: ["outage", "delete"],
    async run(t) {
      await away(t);
      const paths = ["/d/a.txt", "/d/", "/missing"].map((path) => t.at(path));
      await Promise.all(paths.map(async (path) => fails(`delete of ${path}`, await t.backend.delete(path))));
    },
  },
  {
    id: "outage/download/is-no-absence",
    rule: "A download during an outage is never `file_not_found`: deepagents would overwrite the history it failed to get.",
    source: "ours",
    needs: ["outage", "transfer"],
    async run(t) {
      await away(t);
      const paths = ["/d/b.txt", "/d/missing.txt", "/d/a.txt", "/d/b.txt"].map((path) => t.at(path));
      const answers = await t.backend.downloadFiles(paths);
      checkBatch("download", answers, paths);
      equal(
        "contents",
        answers.map(({ content }) => content ?? null),
        paths.map(() => null),
      );
    },
  },
  {
    id: "outage/upload/one-error-per-input",
    rule: "An upload during an outage is one error per input, in order: a missing answer counts as success.",
    source: "ours",
    needs: ["outage", "transfer"],
    async run(t) {
      await away(t);
      const paths = ["/d/new.txt", "/d/a.txt", "/d/b.txt", "/d/new.txt"].map((path) => t.at(path));
      checkBatch("upload", await t.backend.uploadFiles(paths.map((path) => [path, utf8("lost\n")])), paths);
    },
  },
  {
    id: "outage/stays/fails-fast",
    rule: "After an operation has failed because of an outage, further ones fail within a second: an agent that makes ten calls does not wait ten times.",
    source: "ours",
    needs: ["outage", "failsFast"],
    async run(t) {
      await away(t);
      const read = async () => fails("read", await t.backend.read(t.at(FILES[0]!)));
      await read();
      const start = performance.now();
      for (let i = 0; i < FAST; i++) await read();
      const ms = Math.round(performance.now() - start);
      check(ms < FAST * 1_000, `time of ${FAST} further reads`, `less than ${FAST} s`, `${ms} ms`);
    },
  },
];

function checkBatch(
  what: string,
  answers: readonly { readonly path: string; readonly error: unknown }[],
  paths: readonly string[],
): void {
  equal(
    `paths of the ${what}`,
    answers.map(({ path }) => path),
    paths,
  );
  for (const { path, error } of answers) {
    check(
      typeof error === "string" && error !== "file_not_found",
      `${what} of ${show(path)}`,
      "an error code other than `file_not_found`",
      error,
    );
  }
}
