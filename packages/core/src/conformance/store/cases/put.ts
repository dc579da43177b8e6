import type { Change } from "../../../store/file-store.js";
import { check, equal } from "../../assert.js";
import type { StoreContext } from "../context.js";
import type { StoreRule } from "../options.js";

/** Replaces a file repeatedly, until it is created later than `time` by the store's clock. */
async function replaceAfter(t: StoreContext, name: string, time: Date): Promise<void> {
  while ((await t.write(name, "tick")).createdAt <= time) t.signal.throwIfAborted();
}

/** Tests the conditions of a change and its effect on the file. Write ids are tested in put-ids.ts. */
export const putCases: readonly StoreRule[] = [
  {
    id: "put/create/creates",
    rule: "`create` creates an absent file, with its directories, and answers with its version.",
    async run(t) {
      const outcome = await t.put(t.change("d/e/a.txt", "one"));
      const { version, content } = await t.file("d/e/a.txt");
      equal("content", content, "one");
      equal("outcome", outcome, { done: true, ...("version" in outcome && { version }) });
    },
  },
  {
    id: "put/create/exists",
    rule: "`create` is refused as `exists` if there is a file, even with the same content, and leaves it unchanged.",
    async run(t) {
      const before = await t.write("a.txt", "one");
      for (const content of ["two", "one", ""]) {
        equal("outcome", await t.put(t.change("a.txt", content)), { done: false, why: "exists" });
      }
      await t.unchanged(before);
    },
  },
  {
    id: "put/create/after-deletion",
    rule: "A file that was deleted can be created again.",
    async run(t) {
      await t.write("a.txt", "one");
      await t.delete("a.txt", "file");
      equal("done", (await t.put(t.change("a.txt", "two"))).done, true);
      await t.holds("a.txt", "two");
    },
  },
  {
    id: "put/overwrite/creates-and-replaces",
    rule: "`overwrite` creates or replaces the file.",
    async run(t) {
      for (const content of ["one", "two", "", Uint8Array.of(0, 255), "three"]) {
        equal("done", (await t.put(t.change("a.txt", content, "overwrite"))).done, true);
        await t.holds("a.txt", content);
      }
    },
  },
  {
    id: "put/overwrite/sets-creation-time-anew",
    rule: "A replacement is a new file: `createdAt` is reset.",
    async run(t) {
      const { createdAt } = await t.write("a.txt", "one");
      await replaceAfter(t, "a.txt", createdAt);
    },
  },
  {
    id: "put/file/swaps",
    rule: "A file as the condition matches as long as it is stored as it was read, and its version changes with each write.",
    async run(t) {
      const versions: string[] = [];
      let file = await t.write("a.txt", "0");
      for (let i = 1; i < 6; i++) {
        versions.push(file.version);
        file = await t.swap(file, String(i));
        equal("content", file.content, String(i));
      }
      equal("different versions", new Set([...versions, file.version]).size, 6);
    },
  },
  {
    id: "put/file/changed",
    rule: "A file that has been swapped or replaced since is refused as `changed`, and stays as it is.",
    async run(t) {
      const old = await t.write("a.txt", "one");
      const swapped = await t.swap(old, "two");
      equal("outcome", await t.put(t.change("a.txt", "mine", old)), { done: false, why: "changed" });
      await t.unchanged(swapped);
      const replaced = await t.write("a.txt", "three");
      equal("outcome", await t.put(t.change("a.txt", "mine", swapped)), { done: false, why: "changed" });
      await t.unchanged(replaced);
    },
  },
  {
    id: "put/file/missing",
    rule: "A file that has been deleted since is refused as `missing`, and does not come back.",
    async run(t) {
      const old = await t.write("a.txt", "one");
      await t.delete("a.txt", "file");
      equal("outcome", await t.put(t.change("a.txt", "two", old)), { done: false, why: "missing" });
      await t.absent("a.txt");
    },
  },
  {
    id: "put/file/deleted-and-created-again",
    rule: "A file that was deleted and created again is another: a swap from the old one is refused as `changed`.",
    async run(t) {
      const old = await t.write("a.txt", "one");
      await t.delete("a.txt", "file");
      const created = await t.write("a.txt", "other");
      equal("outcome", await t.put(t.change("a.txt", "mine", old)), { done: false, why: "changed" });
      await t.unchanged(created);
    },
  },
  {
    id: "put/file/keeps-creation-time",
    rule: "A swap keeps `createdAt`, even after many writes; `modifiedAt` never decreases.",
    async run(t) {
      const first = await t.write("a.txt", "one");
      await replaceAfter(t, "clock.txt", first.createdAt);
      const second = await t.swap(first, "two");
      equal("createdAt", second.createdAt, first.createdAt);
      check(
        second.modifiedAt >= first.modifiedAt,
        "modifiedAt",
        `${first.modifiedAt.toISOString()} or later`,
        second.modifiedAt,
      );
      equal("createdAt", (await t.swap(second, "three")).createdAt, first.createdAt);
    },
  },
  {
    id: "put/version/of-the-file",
    rule: "The version in an outcome, where there is one, is that of the file as it is now stored.",
    async run(t) {
      const check1 = async (change: Change) => {
        const outcome = await t.put(change);
        const file = await t.file("a.txt");
        if ("version" in outcome) equal("version", outcome.version ?? file.version, file.version);
        return file;
      };
      const created = await check1(t.change("a.txt", "one"));
      const replaced = await check1(t.change("a.txt", "two", "overwrite"));
      check(replaced.version !== created.version, "version", "another", replaced.version);
      await check1(t.change("a.txt", "three", replaced));
    },
  },
  {
    id: "put/batch/one-answer-per-change",
    rule: "A batch is answered change by change, in order; a refused change does not prevent the others.",
    async run(t) {
      const b = await t.write("b", "old");
      const d = await t.write("d", "old");
      const f = await t.write("f", "old");
      await t.swap(d, "newer");
      await t.delete("f", "file");
      await t.write("g", "old");
      const outcomes = await t.settle([
        t.change("a", "new"),
        t.change("b", "new", b),
        t.change("c", "new", "overwrite"),
        t.change("d", "new", d),
        t.change("e", "new"),
        t.change("f", "new", f),
        t.change("g", "new"),
        t.change("h", "new", "overwrite"),
      ]);
      const said = outcomes.map((outcome) => (outcome.done ? "done" : outcome.why));
      equal("outcomes", said, ["done", "done", "done", "changed", "done", "missing", "exists", "done"]);
      const contents = (await t.files(["a", "b", "c", "d", "e", "f", "g", "h"])).map((file) => file?.content);
      equal("contents", contents, ["new", "new", "new", "newer", "new", undefined, "old", "new"]);
    },
  },
  {
    id: "put/batch/one-id-for-all",
    rule: "The changes of a batch may share their id, as those of one upload do: it identifies a change per file.",
    async run(t) {
      const changes = ["a", "b", "d/c"].map((name) =>
        t.change(name, name, "overwrite", "sharedsharedsharedshar"),
      );
      await t.made(changes);
      for (const name of ["a", "b", "d/c"]) {
        equal(`ids of ${name}`, (await t.file(name)).writeIds, ["sharedsharedsharedshar"]);
        await t.holds(name, name);
      }
    },
  },
  {
    id: "put/batch/large-files",
    rule: "A batch of several files of a megabyte each is stored whole.",
    async run(t) {
      const text = (i: number) => `${i} `.repeat(512 * 1024);
      await t.made([0, 1, 2, 3].map((i) => t.change(`${i}.txt`, text(i), "overwrite")));
      const files = await t.files(["0.txt", "1.txt", "2.txt", "3.txt"]);
      const whole = files.map((file, i) => file?.content === text(i));
      equal("whole", whole, [true, true, true, true]);
    },
  },
];
