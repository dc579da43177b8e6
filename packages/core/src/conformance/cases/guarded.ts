import type { WriteResult } from "../../protocol/protocol.js";
import { equal, refuses, succeeds } from "../assert.js";
import type { Capability } from "../capabilities.js";
import type { ConformanceCase } from "../case.js";
import type { CaseContext } from "../context.js";
import { numbered, PNG_BASE64, utf8 } from "./fixtures.js";
import { won } from "./race.js";

/** Ways to see a file, each with the promise that it needs. */
const LOOKS: Readonly<
  Record<string, { readonly needs?: Capability; readonly look: (t: CaseContext) => Promise<unknown> }>
> = {
  "after-a-read": { look: (t) => t.read("/a.txt") },
  "after-a-read-of-a-part": { look: (t) => t.read("/a.txt", 1, 1) },
  "after-read-raw": { look: (t) => t.data("/a.txt") },
  "after-a-download": { needs: "transfer", look: (t) => t.bytes("/a.txt") },
};

/** Calls that do not show the file. */
const GLANCES: Readonly<Record<string, (t: CaseContext, path: string) => Promise<unknown>>> = {
  "a-search": (t, path) => t.backend.grep("theirs", path),
  "a-listing": (t) => t.backend.ls(t.at("/")),
  "a-read-past-the-end": (t, path) => t.backend.read(path, 1_000),
  "a-refused-write": (t, path) => t.backend.write(path, "mine\n"),
  "a-refused-edit": (t, path) => t.backend.edit(path, "not there", "x"),
};

const THEIRS = numbered(3).replaceAll("line", "theirs");

/** Creates a file through another instance, which is another reader. */
async function others(t: CaseContext, content = THEIRS) {
  const other = await t.open();
  succeeds("write of another instance", await other.write(t.at("/a.txt"), content));
  return other;
}

/** Fails unless exactly one of several concurrent writes succeeded, and its content is stored. */
async function oneWins(
  t: CaseContext,
  answers: readonly WriteResult[],
  contentOf: (index: number) => string,
): Promise<void> {
  equal("successful writes", won(answers), 1);
  await t.holds("/a.txt", contentOf(answers.findIndex(({ error }) => error === undefined)));
}

/** Fails unless a write is refused and changes nothing. */
async function isRefused(t: CaseContext, stored: string, ...words: RegExp[]): Promise<void> {
  const answer = await t.backend.write(t.at("/a.txt"), "mine\n");
  refuses("write", answer, ...(t.capabilities.errorWords ? words : []));
  equal("content", (await (await t.open()).readRaw(t.at("/a.txt"))).data?.content, stored);
}

/** Fails unless a write replaces the file. */
async function isDone(t: CaseContext): Promise<void> {
  await t.write("/a.txt", "mine\n");
  await t.holds("/a.txt", "mine\n");
}

const UNREAD = /\bread/i;
const CHANGED = /\bchanged since\b/i;

/** Tests guarded writes: an existing file is replaced only by a reader that has seen the version that is stored. */
export const guardedCases: readonly ConformanceCase[] = [
  {
    id: "guarded/unread/refused",
    rule: "A file that the reader has not seen stays as it is, and the refusal tells the model to read it first.",
    source: "ours",
    needs: "guarded",
    async run(t) {
      await others(t);
      await isRefused(t, THEIRS, UNREAD, /\bfirst\b/i);
    },
  },
  {
    id: "guarded/unread/empty-file",
    rule: "An empty file exists like any other.",
    source: "ours",
    needs: "guarded",
    async run(t) {
      await others(t, "");
      await isRefused(t, "", UNREAD);
    },
  },
  {
    id: "guarded/unread/same-content",
    rule: "A write of what is already there succeeds and changes nothing, also unread; the file counts as seen then.",
    source: "ours",
    needs: ["guarded", "idempotentWrites"],
    async run(t) {
      const other = await others(t);
      const before = (await other.readRaw(t.at("/a.txt"))).data;
      await t.write("/a.txt", THEIRS);
      equal("file", (await other.readRaw(t.at("/a.txt"))).data, before);
      await isDone(t);
    },
  },
  {
    id: "guarded/unread/new-file",
    rule: "A file that does not exist is created without a look.",
    source: "ours",
    needs: "guarded",
    run: isDone,
  },
  ...Object.entries(GLANCES).map(
    ([name, glance]): ConformanceCase => ({
      id: `guarded/unread/after-${name}`,
      rule: "What does not show the file, or fails, does not count as seen.",
      source: "ours",
      needs: "guarded",
      async run(t) {
        await others(t);
        await glance(t, t.at("/a.txt"));
        await isRefused(t, THEIRS, UNREAD);
      },
    }),
  ),
  ...Object.entries(LOOKS).map(
    ([name, { needs, look }]): ConformanceCase => ({
      id: `guarded/seen/${name}`,
      rule: "A file that the reader has seen is replaced, whichever method has shown it, whole or in part.",
      source: "ours",
      needs: needs ? ["guarded", needs] : "guarded",
      async run(t) {
        await others(t);
        await look(t);
        await isDone(t);
      },
    }),
  ),
  {
    id: "guarded/seen/media",
    rule: "A picture that the reader has seen is replaced like a text.",
    source: "ours",
    needs: "guarded",
    async run(t) {
      const path = t.at("/a.png");
      const other = await t.open();
      succeeds("write of another instance", await other.write(path, PNG_BASE64));
      const longer = Buffer.concat([Buffer.from(PNG_BASE64, "base64"), utf8("more")]).toString("base64");
      refuses("write", await t.backend.write(path, longer));
      await t.read("/a.png");
      succeeds("write", await t.backend.write(path, longer));
      equal("content", Buffer.from((await t.data("/a.png")).content).toString("base64"), longer);
    },
  },
  {
    id: "guarded/seen/own-write",
    rule: "What the reader has written itself it replaces without a read, again and again.",
    source: "ours",
    needs: "guarded",
    async run(t) {
      for (const content of ["one\n", "two\n", "", "three\n"]) {
        await t.write("/a.txt", content);
        await t.holds("/a.txt", content);
      }
      const fresh = await t.open();
      for (const content of ["one\n", "two\n"]) succeeds("write", await fresh.write(t.at("/b.txt"), content));
      await t.holds("/b.txt", "two\n");
    },
  },
  {
    id: "guarded/seen/own-upload",
    rule: "What the reader has uploaded itself it replaces without a read.",
    source: "ours",
    needs: ["guarded", "transfer"],
    async run(t) {
      await others(t);
      await t.upload(["/a.txt", utf8("uploaded\n")]);
      await t.write("/a.txt", "mine\n");
      await t.holds("/a.txt", "mine\n");
    },
  },
  {
    id: "guarded/seen/own-edit",
    rule: "An edit of what the reader has seen is seen.",
    source: "ours",
    needs: "guarded",
    async run(t) {
      await others(t);
      await t.read("/a.txt");
      await t.edit("/a.txt", "theirs 2", "edited");
      await isDone(t);
    },
  },
  {
    id: "guarded/seen/keeps-creation-time",
    rule: "A guarded replacement keeps `created_at`, as an edit does.",
    source: "ours",
    needs: ["guarded", "times"],
    async run(t) {
      await t.write("/a.txt", "first\n");
      const { created_at } = await t.data("/a.txt");
      await t.after(created_at);
      await t.write("/a.txt", "second\n");
      equal("created_at", (await t.data("/a.txt")).created_at, created_at);
    },
  },
  {
    id: "guarded/changed/refused",
    rule: "A file that was changed since the reader saw it stays as it is, and the refusal says so; after another read it is replaced.",
    source: "ours",
    needs: "guarded",
    async run(t) {
      const other = await others(t);
      await t.read("/a.txt");
      succeeds("edit of another instance", await other.edit(t.at("/a.txt"), "theirs 2", "changed"));
      const stored = THEIRS.replace("theirs 2", "changed");
      for (let i = 0; i < 2; i++) await isRefused(t, stored, CHANGED, UNREAD);
      await t.read("/a.txt");
      await isDone(t);
    },
  },
  {
    id: "guarded/changed/own-write-since",
    rule: "What the reader has written itself is protected as soon as others have changed it.",
    source: "ours",
    needs: "guarded",
    async run(t) {
      await t.write("/a.txt", "mine 1\n");
      const other = await t.open();
      succeeds("edit of another instance", await other.edit(t.at("/a.txt"), "1", "1, and theirs"));
      await isRefused(t, "mine 1, and theirs\n", CHANGED);
    },
  },
  {
    id: "guarded/changed/back-again",
    rule: "The content that the reader has seen, stored by others again, is no reason to refuse or to lose anything: the write is refused, or replaces just that content.",
    source: "ours",
    needs: "guarded",
    async run(t) {
      const other = await others(t, "a\n");
      await t.read("/a.txt");
      for (const [from, to] of [
        ["a", "b"],
        ["b", "a"],
      ] as const)
        succeeds("edit of another instance", await other.edit(t.at("/a.txt"), from, to));
      const { error } = await t.backend.write(t.at("/a.txt"), "mine\n");
      equal(
        "content",
        (await other.readRaw(t.at("/a.txt"))).data?.content,
        error === undefined ? "mine\n" : "a\n",
      );
    },
  },
  {
    id: "guarded/changed/own-edit-of-the-unseen",
    rule: "An edit succeeds on a file that others have changed, and does not count as having seen their changes.",
    source: "ours",
    needs: "guarded",
    async run(t) {
      const other = await others(t);
      await t.read("/a.txt");
      succeeds("edit of another instance", await other.edit(t.at("/a.txt"), "theirs 2", "changed"));
      await t.edit("/a.txt", "theirs 3", "edited");
      await isRefused(t, "theirs 1\nchanged\nedited\n", CHANGED);
    },
  },
  {
    id: "guarded/changed/edit-of-the-unread",
    rule: "An edit of a file that the reader has never seen does not count as a look at it.",
    source: "ours",
    needs: "guarded",
    async run(t) {
      await others(t);
      await t.edit("/a.txt", "theirs 2", "edited");
      await isRefused(t, THEIRS.replace("theirs 2", "edited"), UNREAD);
    },
  },
  {
    id: "guarded/changed/deleted-since",
    rule: "A file that others have deleted since the reader saw it is created anew.",
    source: "ours",
    needs: ["guarded", "delete"],
    async run(t) {
      const other = await others(t);
      await t.read("/a.txt");
      succeeds("delete of another instance", await other.delete(t.at("/a.txt")));
      await isDone(t);
    },
  },
  {
    id: "guarded/changed/created-again",
    rule: "A file that the reader has deleted, alone or with its directory, and others have created again is another file.",
    source: "ours",
    needs: ["guarded", "delete", "directories"],
    async run(t) {
      const other = await t.open();
      for (const deleted of ["/d/a.txt", "/d"]) {
        await t.write("/d/a.txt", "mine\n");
        succeeds("delete", await t.backend.delete(t.at(deleted)));
        succeeds("write of another instance", await other.write(t.at("/d/a.txt"), "mine\n"));
        refuses("write", await t.backend.write(t.at("/d/a.txt"), "mine again\n"));
        succeeds("delete of another instance", await other.delete(t.at("/d/a.txt")));
      }
    },
  },
  {
    id: "guarded/areas/tool-results",
    rule: "A tool result is replaced without a look: deepagents writes it by its call id, and a refusal would lose it.",
    source: "tools",
    needs: "guarded",
    async run(t) {
      const path = t.inArea("large_tool_results", "call_0.txt");
      const other = await t.open();
      succeeds("write of another instance", await other.write(path, "first result"));
      succeeds("write", await t.backend.write(path, "second result"));
      equal("content", (await t.backend.readRaw(path)).data?.content, "second result");
    },
  },
  {
    id: "guarded/areas/history",
    rule: "A history only grows, also by a reader that has seen it.",
    source: "tools",
    needs: ["guarded", "keepsConversationHistory"],
    async run(t) {
      const path = t.inArea("conversation_history", "thread.md");
      succeeds("first", await t.backend.write(path, "## one\n"));
      equal("content", (await t.backend.readRaw(path)).data?.content, "## one\n");
      refuses("another", await t.backend.write(path, "## two\n"));
      succeeds("longer", await t.backend.write(path, "## one\n## two\n"));
      equal("content", (await t.backend.readRaw(path)).data?.content, "## one\n## two\n");
    },
  },
  {
    id: "guarded/race/one-replaces",
    rule: "Of many writers that have all seen one version exactly one replaces it, and the others hear that it has changed.",
    source: "ours",
    needs: ["guarded", "atomic"],
    async run(t) {
      await others(t);
      const writers = await Promise.all(Array.from({ length: t.scaled(20) }, () => t.open()));
      for (const writer of writers) succeeds("read", await writer.read(t.at("/a.txt")));
      const answers = await Promise.all(
        writers.map((writer, i) => writer.write(t.at("/a.txt"), `writer ${i}\n`)),
      );
      await oneWins(t, answers, (i) => `writer ${i}\n`);
      for (const answer of answers)
        if (answer.error !== undefined)
          refuses("write", answer, ...(t.capabilities.errorWords ? [CHANGED] : []));
    },
  },
  {
    id: "guarded/race/one-instance",
    rule: "Writes that one reader makes concurrently were not made from each other: one of them replaces.",
    source: "ours",
    needs: ["guarded", "atomic"],
    async run(t) {
      await t.write("/a.txt", "first\n");
      const answers = await Promise.all(
        Array.from({ length: 5 }, (_, i) => t.backend.write(t.at("/a.txt"), `write ${i}\n`)),
      );
      await oneWins(t, answers, (i) => `write ${i}\n`);
    },
  },
  {
    id: "guarded/race/one-creates",
    rule: "Of many writers that create one path concurrently exactly one succeeds.",
    source: "ours",
    needs: ["guarded", "atomic"],
    async run(t) {
      const writers = await Promise.all(Array.from({ length: t.scaled(20) }, () => t.open()));
      const answers = await Promise.all(
        writers.map((writer, i) => writer.write(t.at("/a.txt"), `writer ${i}\n`)),
      );
      await oneWins(t, answers, (i) => `writer ${i}\n`);
    },
  },
  {
    id: "guarded/race/nothing-is-lost",
    rule: "Writers that read the file and write it with a line of their own, until they succeed, lose none of each other's lines.",
    source: "ours",
    needs: ["guarded", "atomic"],
    async run(t) {
      const lines = t.scaled(5);
      await t.write("/a.txt", "start\n");
      const writers = await Promise.all(Array.from({ length: t.scaled(8) }, () => t.open()));
      const addLine = async (writer: (typeof writers)[number], line: string) => {
        while (!t.signal.aborted) {
          const { content } = await writer.read(t.at("/a.txt"), 0, Number.POSITIVE_INFINITY);
          const { error } = await writer.write(t.at("/a.txt"), `${content}${line}\n`);
          if (error === undefined) return;
        }
      };
      await Promise.all(
        writers.map(async (writer, i) => {
          for (let n = 0; n < lines; n++) await addLine(writer, `writer ${i}, line ${n}`);
        }),
      );
      const stored = String((await t.data("/a.txt")).content)
        .split("\n")
        .slice(1, -1);
      equal("lines", stored.length, writers.length * lines);
      equal("different lines", new Set(stored).size, writers.length * lines);
    },
  },
];
