import { check, equal, succeeds } from "../../assert.js";
import type { ConformanceCase } from "../../case.js";
import { race, WRITERS, won } from "../race.js";
import { CaseHistory } from "./case-history.js";

/** Tests what others see of a history, and what they make of it at the same time. */
export const sharedHistoryCases: readonly ConformanceCase[] = [
  {
    id: "history/isolation/neighbor",
    rule: "A tenant's history is not visible to another: not by its paths, versions or log, not at a moment, and it is not erased with that of others.",
    source: "ours",
    needs: ["history", "ownRoot"],
    async run(t) {
      const other = await t.neighbor(`${t.name}0`);
      const mine = new CaseHistory(t);
      const theirs = new CaseHistory(t, other);
      await t.write("/a.txt", "secret");
      await t.write("/mine.txt", "secret");
      succeeds("write", await other.write("/a.txt", "theirs"));
      const { version } = await mine.newest("/a.txt");
      equal("versions", (await theirs.versions("/a.txt")).length, 1);
      equal("versions", await theirs.versions("/mine.txt"), []);
      // The same id may name a version of their own.
      const seen = [
        await other.readVersion("/a.txt", version),
        await other.readVersion("/mine.txt", version),
        await other.at({ version }).readRaw("/mine.txt"),
      ];
      equal(
        "files seen",
        seen.filter(({ data }) => data?.content === "secret"),
        [],
      );
      await other.restore("/a.txt", version);
      await other.rewind({ version });
      equal("content", (await other.readRaw("/a.txt")).data?.content, "theirs");
      equal("changes", await theirs.changes((await theirs.newest("/a.txt")).version), ["create /a.txt"]);
      equal("erased", await theirs.erase(""), [1, 1]);
      equal("contents", await mine.contents("/a.txt"), ["secret"]);
      await t.holds("/mine.txt", "secret");
    },
  },
  {
    id: "history/races/edits",
    rule: "Concurrent edits make one version each: replayed in order, every one adds exactly one mark to the one before.",
    source: "ours",
    needs: ["history", "atomic"],
    async run(t) {
      const each = t.scaled(5);
      await t.write("/a.txt", "end");
      await race(t, WRITERS, async (backend, i) => {
        for (let n = 0; n < each; n++)
          succeeds("edit", await backend.edit(t.at("/a.txt"), "end", `${i}.${n};end`));
      });
      const contents = (await new CaseHistory(t).contents("/a.txt")).map(String);
      equal("versions", contents.length, WRITERS * each + 1);
      contents.slice(1).forEach((content, i) => {
        const added = content.slice(contents[i]!.length - 3);
        const isNext = content.startsWith(contents[i]!.slice(0, -3)) && /^\d+\.\d+;end$/.test(added);
        check(isNext, `version ${i + 1}`, "the one before, and one mark", content);
      });
      await t.holds("/a.txt", contents.at(-1)!);
    },
  },
  {
    id: "history/races/restore",
    rule: "Of concurrent restores with the same `ifVersion` exactly one is made, and the others are conflicts.",
    source: "ours",
    needs: ["history", "atomic"],
    async run(t) {
      const history = new CaseHistory(t);
      await t.write("/a.txt", "0");
      for (let i = 0; i < 8; i++) await t.edit("/a.txt", String(i), String(i + 1));
      const [newest, ...old] = await history.versions("/a.txt");
      const answers = await race(t, 8, (backend, i) =>
        backend.restore(t.at("/a.txt"), old[i]!.version, { ifVersion: newest!.version }),
      );
      equal("restored", won(answers), 1);
      equal("conflicts", answers.filter(({ conflict }) => conflict).length, 7);
      const winner = answers.findIndex(({ error }) => error === undefined);
      await t.holds("/a.txt", await history.content("/a.txt", old[winner]!.version));
      equal("kind", (await history.newest("/a.txt")).kind, "restore");
    },
  },
  {
    id: "history/races/rewind",
    rule: "A rewind that races with writers leaves each file as it was then, or as a writer left it, and every version readable.",
    source: "ours",
    needs: ["history", "atomic", "times"],
    async run(t) {
      const history = new CaseHistory(t);
      const paths = Array.from({ length: 10 }, (_, i) => `/${i}.txt`);
      for (const path of paths) await t.write(path, "old");
      const { time: point } = await history.moment();
      for (const path of paths) await t.edit(path, "old", "new");
      await race(t, 8, async (backend, i) => {
        if (i === 0) return new CaseHistory(t, backend).rewind(point);
        // An edit of a file that is rewound meanwhile may find nothing to replace.
        for (const path of paths) await backend.edit(t.at(path), "new", "new+");
        return undefined;
      });
      for (const path of paths) {
        const contents = (await history.contents(path)).map(String);
        await t.holds(path, contents.at(-1)!);
        const strange = contents.filter((content) => !/^(old|new\+*)$/.test(content));
        equal(`strange versions of ${path}`, strange, []);
        check(contents.includes("old", 1), `versions of ${path}`, "the rewound one among them", contents);
      }
    },
  },
];
