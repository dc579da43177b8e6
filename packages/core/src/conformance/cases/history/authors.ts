import type { Author } from "../../../store/origin.js";
import { equal } from "../../assert.js";
import type { ConformanceCase } from "../../case.js";
import type { CaseContext } from "../../context.js";
import { utf8 } from "../fixtures.js";
import { CaseHistory } from "./case-history.js";

const BOB: Author = { thread: "t-1", checkpoint: "1f0-a", agent: "writer", user: "bob \u{1f600}" };
const EVE: Author = { thread: "t-2", checkpoint: "1f0-b", user: "eve" };

const authorsOf = async (t: CaseContext, path: string) =>
  (await new CaseHistory(t).versions(path)).map(({ by }) => by);

/** Tests who made a change, and at which checkpoint. */
export const authorCases: readonly ConformanceCase[] = [
  {
    id: "history/author/of-each-change",
    rule: "A version has the author at the time of its change, whatever the method; without one it has none.",
    source: "ours",
    needs: ["history", "authors", "transfer"],
    async run(t) {
      const history = new CaseHistory(t);
      const other = await t.open();
      t.setAuthor(BOB);
      await t.write("/a.txt", "one");
      t.setAuthor(EVE);
      await other.edit(t.at("/a.txt"), "one", "two");
      t.setAuthor(undefined);
      await t.edit("/a.txt", "two", "three");
      t.setAuthor({ agent: "reader" });
      await t.upload(["/a.txt", utf8("four")], ["/b.txt", utf8("four")]);
      t.setAuthor(BOB);
      await history.restore("/a.txt", (await history.versions("/a.txt")).at(-1)!.version);
      equal("authors", await authorsOf(t, "/a.txt"), [BOB, { agent: "reader" }, undefined, EVE, BOB]);
      equal("authors", await authorsOf(t, "/b.txt"), [{ agent: "reader" }]);
    },
  },
  {
    id: "history/author/of-a-deletion",
    rule: "A deletion has the author who deleted the file, and so has each file of a deleted directory.",
    source: "ours",
    needs: ["history", "authors", "deletionAuthors", "delete"],
    async run(t) {
      t.setAuthor(BOB);
      const paths = ["/a.txt", "/d/b.txt", "/d/e/c.txt"];
      await t.fill(paths);
      t.setAuthor(EVE);
      for (const path of ["/a.txt", "/d"]) await t.backend.delete(t.at(path));
      for (const path of paths) equal(`authors of ${path}`, await authorsOf(t, path), [EVE, BOB]);
    },
  },
  {
    id: "history/author/of-a-rewind",
    rule: "A rewind has an author too: of the versions that it makes, and of the deletions.",
    source: "ours",
    needs: ["history", "authors", "deletionAuthors", "times"],
    async run(t) {
      const history = new CaseHistory(t);
      t.setAuthor(BOB);
      await t.write("/a.txt", "one");
      await history.isPast("/a.txt");
      const point = new Date((await history.newest("/a.txt")).time);
      await t.edit("/a.txt", "one", "two");
      await t.write("/b.txt", "later");
      t.setAuthor(EVE);
      await history.rewind(point);
      equal("authors of a.txt", await authorsOf(t, "/a.txt"), [EVE, BOB, BOB]);
      equal("authors of b.txt", await authorsOf(t, "/b.txt"), [EVE, BOB]);
      equal("kinds of b.txt", await history.kinds("/b.txt"), ["delete", "create"]);
    },
  },
  {
    id: "history/author/checkpoint",
    rule: "A checkpoint shows the files as its step found them, in its own thread only, also one of a step that changed nothing; `rewind` puts them back.",
    source: "ours",
    needs: ["history", "authors", "times"],
    async run(t) {
      const history = new CaseHistory(t);
      const step = async (thread: string, checkpoint: string, work: () => Promise<unknown>) => {
        t.setAuthor({ thread, checkpoint });
        await work();
        await history.isPast("/a.txt");
      };
      await step("t", "1", () => t.write("/a.txt", "1"));
      await step("t", "2", async () => {
        await t.edit("/a.txt", "1", "2");
        await t.edit("/a.txt", "2", "2+");
        await t.write("/b.txt", "2");
      });
      await step("u", "1", () => t.edit("/a.txt", "2+", "u"));
      await step("t", "2", () => t.edit("/a.txt", "u", "t"));
      const states = [
        ["t", "1", undefined],
        ["t", "1+", "1"],
        ["t", "2", "1"],
        ["u", "1", "2+"],
      ] as const;
      for (const [thread, checkpoint, content] of states)
        equal(
          `content before ${checkpoint} of ${thread}`,
          await history.contentAt({ thread, checkpoint }, "/a.txt"),
          content,
        );
      t.setAuthor({ thread: "t", checkpoint: "3" });
      equal("answers", await history.rewind({ thread: "t", checkpoint: "2" }), [
        "/a.txt restored",
        "/b.txt deleted",
      ]);
      await t.holds("/a.txt", "1");
      await t.absent("/b.txt");
    },
  },
  {
    id: "history/author/thread",
    rule: "`changes` of a thread are those that were made in it.",
    source: "ours",
    needs: ["history", "authors", "times"],
    async run(t) {
      const history = new CaseHistory(t);
      const write = async (author: Author | undefined, path: string) => {
        t.setAuthor(author);
        await t.write(path, "x");
        await history.isPast(path);
      };
      await write(BOB, "/a.txt");
      await write(EVE, "/b.txt");
      await write(undefined, "/c.txt");
      await write({ user: "t-1" }, "/d.txt");
      await write(BOB, "/e.txt");
      t.setAuthor(undefined);
      const { version } = await history.newest("/e.txt");
      for (const limit of [1, 100]) {
        const mine = await history.changes(version, { thread: "t-1", limit });
        equal(
          "changes of t-1",
          mine.filter((change) => !change.includes("/.")),
          ["create /a.txt", "create /e.txt"],
        );
      }
    },
  },
];
