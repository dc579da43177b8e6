import { check, equal } from "../../../assert.js";
import { HistoryContext } from "../../history-context.js";
import type { StoreRule } from "../../options.js";
import { manyNames } from "../fixtures.js";
import { workspace } from "./workspace.js";

/** Tests points in time, and the files as they were. */
export const momentCases: readonly StoreRule[] = [
  {
    id: "history/resolve/version",
    rule: "A version is the point directly after its change, for all files below the root.",
    needs: "history",
    async run(t) {
      const { files, history, clock } = workspace(t);
      await files.write("a.txt", "a1");
      await files.write("b.txt", "b1");
      await clock.tick();
      await files.write("a.txt", "a2");
      const a2 = await history.newest("a.txt");
      await clock.tick();
      await files.write("b.txt", "b2");
      await files.delete("a.txt", "file");
      const deletion = await history.newest("a.txt");
      await clock.tick();
      await files.write("a.txt", "a3");
      const states = [
        [a2.id, ["a2", "b1"]],
        [deletion.id, [undefined, "b2"]],
        [(await history.newest("a.txt")).id, ["a3", "b2"]],
      ] as const;
      for (const [version, expected] of states) {
        const snapshot = await history.resolve({ version });
        equal("contents", await history.contentsAt(snapshot, "a.txt", "b.txt"), expected);
      }
    },
  },
  {
    id: "history/resolve/checkpoint",
    rule: "A checkpoint of a thread is the point directly before the first change at it, or at a checkpoint whose id is later by code point: most steps change nothing.",
    needs: "history",
    async run(t) {
      const { files, history, clock } = workspace(t);
      const at = async (checkpoint: string, thread: string, name: string, content: string) => {
        await clock.tick();
        await files.as({ kind: "write", by: { thread, checkpoint } }).write(name, content);
      };
      await files.write("b.txt", "b1");
      await at("1-B", "t", "a.txt", "a1");
      await at("1-a", "t", "a.txt", "a2");
      await at("1-a", "t", "b.txt", "b2");
      await at("1-B", "u", "b.txt", "b3");
      await at("1-a", "t", "a.txt", "a3");
      await at("1-a", "u", "a.txt", "a4");
      const states = [
        ["t", "1-B", [undefined, "b1"]],
        ["t", "1", [undefined, "b1"]],
        ["t", "1-a", ["a1", "b1"]],
        ["t", "1-Z", ["a1", "b1"]],
        ["u", "1-B", ["a2", "b2"]],
        ["u", "1-C", ["a3", "b3"]],
      ] as const;
      for (const [thread, checkpoint, expected] of states) {
        const snapshot = await history.resolve({ thread, checkpoint });
        equal(
          `contents before ${checkpoint} of ${thread}`,
          await history.contentsAt(snapshot, "a.txt", "b.txt"),
          expected,
        );
      }
    },
  },
  {
    id: "history/resolve/checkpoint-of-a-deletion",
    rule: "A checkpoint at which files were deleted, and nothing else was done, is the point before their deletion.",
    needs: ["history", "deletionAuthors"],
    async run(t) {
      const { files, history, clock } = workspace(t);
      await files.fill(["d/a.txt", "d/b.txt"], "one");
      await clock.tick();
      const by = { thread: "t", checkpoint: "1" };
      await files.as({ kind: "delete", by }).delete("d", "all");
      await clock.tick();
      await files.write("d/a.txt", "two");
      const snapshot = await history.resolve(by);
      equal("contents", await history.contentsAt(snapshot, "d/a.txt", "d/b.txt"), ["one", "one"]);
    },
  },
  {
    id: "history/resolve/time",
    rule: "A time is the point after all changes up to it, the time of an entry included, and before all later ones.",
    needs: "history",
    async run(t) {
      const { files, history, clock } = workspace(t);
      await files.write("a.txt", "one");
      const { last } = await clock.tick();
      await files.write("a.txt", "two");
      const { at } = await history.newest("a.txt");
      const { last: later } = await clock.tick();
      await files.delete("a.txt", "file");
      const { at: deleted } = await history.newest("a.txt");
      await clock.tick();
      await files.write("a.txt", "three");
      const states = [
        [last, "one"],
        [new Date(at.getTime() - 1), "one"],
        [at, "two"],
        [later, "two"],
        [deleted, undefined],
        [(await history.newest("a.txt")).at, "three"],
      ] as const;
      for (const [time, expected] of states) {
        equal(
          `content at ${time.toISOString()}`,
          await history.contentsAt(await history.resolve(time), "a.txt"),
          [expected],
        );
      }
    },
  },
  {
    id: "history/resolve/future",
    rule: "A time in the future is now: the files as they are.",
    needs: "history",
    async run(t) {
      const history = new HistoryContext(t);
      await t.fill(["a.txt", "b.txt"], "one");
      await t.write("a.txt", "two");
      const snapshot = await history.resolve(new Date(Date.UTC(2200, 0)));
      equal("contents", await history.contentsAt(snapshot, "a.txt", "b.txt"), ["two", "one"]);
      equal("keys", await history.keysAt(snapshot), ["a.txt", "b.txt"]);
    },
  },
  {
    id: "history/resolve/unknown",
    rule: "A version or checkpoint that does not exist, and a time before the history begins, are refused as `invalid-options`.",
    needs: "history",
    async run(t) {
      const history = new HistoryContext(t);
      await t.as({ kind: "write", by: { thread: "t", checkpoint: "1" } }).write("a.txt", "one");
      await t.as({ kind: "write", by: { checkpoint: "2" } }).write("a.txt", "two");
      for (const version of ["0", "unknown", "-1", "1.5", "9".repeat(30), "x".repeat(2_000)])
        await history.isUnknown({ version });
      await history.isUnknown({ thread: "t", checkpoint: "2" });
      await history.isUnknown({ thread: "1", checkpoint: "t" });
      await history.isUnknown({ thread: "%", checkpoint: "%" });
      await history.isUnknown(new Date(0));
    },
  },
  {
    id: "history/resolve/root",
    rule: "A version or checkpoint is found below the root of the call only; a root above knows it too.",
    needs: "history",
    async run(t) {
      const [one, two] = [t.under("one"), t.under("two")];
      await t.fill(["one0", "one/c", "two/c"]);
      const by = { thread: "t", checkpoint: "1" };
      await one.as({ kind: "write", by }).write("a.txt", "x");
      const { id } = await new HistoryContext(one).newest("a.txt");
      for (const point of [{ version: id }, by]) {
        await new HistoryContext(one).resolve(point);
        await new HistoryContext(t).resolve(point);
        await new HistoryContext(two).isUnknown(point);
        await new HistoryContext(t.under("on")).isUnknown(point);
      }
    },
  },
  {
    id: "history/snapshot/stays",
    rule: "A snapshot does not change with later changes, and another instance reads the same files at it.",
    needs: "history",
    async run(t) {
      const { files, history, clock } = workspace(t);
      await files.fill(["a.txt", "b.txt"], "one");
      const snapshot = await history.resolve((await clock.tick()).last);
      const other = new HistoryContext(files, await t.open());
      for (const content of ["two", "three"]) {
        await files.fill(["a.txt", "c.txt"], content);
        for (const seen of [history, other]) {
          equal("contents", await seen.contentsAt(snapshot, "a.txt", "b.txt", "c.txt"), [
            "one",
            "one",
            undefined,
          ]);
          equal("keys", await seen.keysAt(snapshot), ["a.txt", "b.txt"]);
        }
      }
    },
  },
  {
    id: "history/get-at/one-per-key",
    rule: "There is one answer for each key, in the order of the keys: the file as it was, unchanged ones included.",
    needs: "history",
    async run(t) {
      const { files, history, clock } = workspace(t);
      const names = manyNames(120);
      await files.fill(names, "old");
      await files.delete(names[7]!, "file");
      const snapshot = await history.resolve((await clock.tick()).last);
      await files.fill(
        names.filter((_, i) => i % 3 === 0),
        "new",
      );
      await files.fill(["later.txt"]);
      await files.delete(names[8]!, "file");
      const asked = [...names].reverse().concat("later.txt", "never.txt");
      const expected = asked.map((name) => (names.includes(name) && name !== names[7] ? "old" : undefined));
      equal("contents", await history.contentsAt(snapshot, ...asked), expected);
      equal("content", (await history.filesAt(snapshot, names[3]!))[0]?.key, files.at(names[3]!));
    },
  },
  {
    id: "history/list-at/as-it-was",
    rule: "A listing has the files that existed, deleted ones included, and none that were created later; it may be rolled up, under any prefix, and after any key.",
    needs: "history",
    async run(t) {
      const { files, history, clock } = workspace(t);
      const names = ["a.txt", "ab/c", "d.txt", "d/a", "d/b/c", "d/b/d", "d0", "e"];
      await files.fill(["d/gone", ...names]);
      await files.delete("d/gone", "file");
      const snapshot = await history.resolve((await clock.tick()).last);
      await files.delete("d", "all");
      await files.delete("a.txt", "file");
      await files.fill(["a.txt", "d/later", "f", "e"], "changed");
      const keys = (prefix?: string, listing?: object) => history.keysAt(snapshot, prefix, listing);
      equal("keys", await keys(), names);
      equal("rolled up", await keys("", { recursive: false }), ["a.txt", "ab/", "d.txt", "d/", "d0", "e"]);
      equal("d/", await keys("d/"), ["d/a", "d/b/c", "d/b/d"]);
      equal("d/, rolled up", await keys("d/", { recursive: false }), ["d/a", "d/b/"]);
      equal("a", await keys("a"), ["a.txt", "ab/c"]);
      equal("d, rolled up", await keys("d", { recursive: false }), ["d.txt", "d/", "d0"]);
      equal("behind d/a", await keys("", { after: "d/a" }), ["d/b/c", "d/b/d", "d0", "e"]);
      equal("behind d/", await keys("", { recursive: false, after: "d/" }), ["d0", "e"]);
      equal("no", await keys("no"), []);
    },
  },
  {
    id: "history/list-at/entries",
    rule: "Entries have the sizes and versions that the files had: a version is that of the file as it is fetched.",
    needs: "history",
    async run(t) {
      const { files, history, clock } = workspace(t);
      await files.write("a.txt", "\u00e9");
      await files.write("b.txt", "same");
      const snapshot = await history.resolve((await clock.tick()).last);
      await files.write("a.txt", "longer than before");
      for (const { key, size, version } of await history.entriesAt(snapshot)) {
        const [file] = await history.filesAt(snapshot, key);
        if (size !== undefined || t.capabilities.exactSizes)
          equal(`size of ${key}`, size, key === "a.txt" ? 2 : 4);
        if (version !== undefined) equal(`version of ${key}`, version, file?.version);
      }
    },
  },
  {
    id: "history/list-at/pages",
    rule: "More than 1,000 files are listed as they were, each once, resumable after any of them; so are the keys that changed since.",
    needs: "history",
    async run(t) {
      const { files, history, clock } = workspace(t);
      const names = manyNames(1_050).map((name, i) => (i % 100 === 0 ? `d/${name}/f` : `d/${name}`));
      await files.fill(["a", ...names, "z"]);
      const snapshot = await history.resolve((await clock.tick()).last);
      await files.fill(names, "changed");
      await files.delete(names[500]!, "file");
      equal("keys", await history.keysAt(snapshot, "d/"), names);
      for (const i of [0, 500, 999]) {
        const rest = await history.keysAt(snapshot, "d/", { after: names[i]! });
        equal(`keys behind number ${i}`, rest, names.slice(i + 1));
      }
      equal("rolled up", await history.keysAt(snapshot, "", { recursive: false }), ["a", "d/", "z"]);
      const changed = (await history.changedSince(snapshot)).filter((name) => name.startsWith("d/"));
      equal("changed", changed, names);
    },
  },
  {
    id: "history/changed-since/all",
    rule: "Files that were created, changed or deleted after a snapshot, under a prefix that may end inside a name, are listed.",
    needs: "history",
    async run(t) {
      const { files, history, clock } = workspace(t);
      await files.fill(["a.txt", "d/a.txt", "d/b.txt", "d/same.txt", "d0"]);
      const before = await history.resolve((await clock.tick()).last);
      await files.write("d/a.txt", "changed");
      await files.delete("d/b.txt", "file");
      await files.fill(["d/new.txt", "d0", "e"], "changed");
      const after = await history.resolve((await clock.tick()).last);
      const sees = async (prefix: string, expected: readonly string[]) => {
        const changed = new Set(await history.changedSince(before, prefix));
        equal(
          `unlisted changes under ${prefix}`,
          expected.filter((name) => !changed.has(name)),
          [],
        );
      };
      await sees("", ["d/a.txt", "d/b.txt", "d/new.txt", "d0", "e"]);
      await sees("d", ["d/a.txt", "d/b.txt", "d/new.txt", "d0"]);
      await sees("d/n", ["d/new.txt"]);
      await files.write("d/same.txt", "changed at last");
      check((await history.changedSince(after)).includes("d/same.txt"), "changed", "d/same.txt", undefined);
    },
  },
];
