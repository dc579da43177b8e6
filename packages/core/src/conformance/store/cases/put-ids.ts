import type { StoredFile } from "../../../store/file-store.js";
import { MAX_WRITE_IDS, newWriteId } from "../../../store/write-ids.js";
import { check, equal } from "../../assert.js";
import type { StoreContext } from "../context.js";
import type { StoreRule } from "../options.js";

/** Swaps a file once for each id, in order. */
async function swapEach(t: StoreContext, file: StoredFile, ids: readonly string[]): Promise<StoredFile> {
  let last = file;
  for (const id of ids) last = await t.swap(last, `by ${id}`, id);
  return last;
}

const newIds = (count: number): string[] => Array.from({ length: count }, newWriteId);

/** Tests write ids: a change whose answer was lost is sent again, and must not be made twice. */
export const putIdCases: readonly StoreRule[] = [
  {
    id: "put-ids/chain/newest-first",
    rule: "A file carries the ids of its writes, the newest first; a replacement continues the chain.",
    async run(t) {
      const [a, b, c] = newIds(3) as [string, string, string];
      await t.made([t.change("a.txt", "one", "create", a)]);
      equal("ids", (await t.file("a.txt")).writeIds, [a]);
      equal("ids", (await t.swap(await t.file("a.txt"), "two", b)).writeIds, [b, a]);
      await t.made([t.change("a.txt", "three", "overwrite", c)]);
      equal("ids", (await t.file("a.txt")).writeIds, [c, b, a]);
    },
  },
  {
    id: "put-ids/chain/new-file",
    rule: "A file that is created after another was deleted has none of its ids.",
    async run(t) {
      await swapEach(t, await t.write("a.txt", "one"), newIds(2));
      await t.delete("a.txt", "file");
      const id = newWriteId();
      await t.made([t.change("a.txt", "new", "create", id)]);
      equal("ids", (await t.file("a.txt")).writeIds, [id]);
    },
  },
  {
    id: "put-ids/chain/full",
    rule: `A chain holds ${MAX_WRITE_IDS} ids: the newest, and always the creating one.`,
    async run(t) {
      const [first, ...ids] = newIds(MAX_WRITE_IDS + 2) as [string, ...string[]];
      await t.made([t.change("a.txt", "one", "create", first)]);
      const last = await swapEach(t, await t.file("a.txt"), ids);
      equal("ids", last.writeIds, [...[...ids].reverse().slice(0, MAX_WRITE_IDS - 1), first]);
    },
  },
  ...(["create", "overwrite"] as const).map(
    (condition): StoreRule => ({
      id: `put-ids/again/${condition}`,
      rule: `The same change with \`${condition}\` is done when repeated, and leaves the file unchanged.`,
      async run(t) {
        const change = t.change("a.txt", "one", condition);
        await t.made([change]);
        const before = await t.file("a.txt");
        await t.made([change]);
        await t.unchanged(before);
      },
    }),
  ),
  {
    id: "put-ids/again/file",
    rule: "The same swap, repeated, is done, although the file no longer has the version that it was based on.",
    async run(t) {
      const change = t.change("a.txt", "two", await t.write("a.txt", "one"));
      await t.made([change]);
      const before = await t.file("a.txt");
      await t.made([change]);
      await t.unchanged(before);
    },
  },
  {
    id: "put-ids/again/after-later-writes",
    rule: "A change that is retried after other writes is done, and does not undo them.",
    async run(t) {
      const creation = t.change("a.txt", "one");
      await t.made([creation]);
      const swap = t.change("a.txt", "two", await t.file("a.txt"));
      await t.made([swap]);
      const replacement = t.change("a.txt", "three", "overwrite");
      await t.made([replacement]);
      const last = await swapEach(t, await t.file("a.txt"), newIds(3));
      for (const change of [creation, swap, replacement]) {
        await t.made([change]);
        await t.unchanged(last);
      }
    },
  },
  {
    id: "put-ids/again/not-the-version-of-others",
    rule: "A change that is repeated after a later write does not answer with the version of that write, which the caller has not seen.",
    async run(t) {
      for (const when of ["create", "overwrite"] as const) {
        const change = t.change(when, "one", when);
        await t.made([change]);
        const last = await t.swap(await t.file(when), "two");
        const outcome = await t.put(change);
        check(outcome.done, `outcome of ${when}`, "done", outcome);
        check(outcome.version !== last.version, "version", "none, or another", outcome);
      }
    },
  },
  {
    id: "put-ids/again/as-long-as-it-is-in-the-chain",
    rule: "The creation, and each change whose id is still in a full chain, is done; one whose id is not is refused.",
    async run(t) {
      const creation = t.change("a.txt", "one");
      await t.made([creation]);
      const gone = t.change("a.txt", "gone", await t.file("a.txt"));
      await t.made([gone]);
      const oldest = t.change("a.txt", "oldest", await t.file("a.txt"));
      await t.made([oldest]);
      const last = await swapEach(t, await t.file("a.txt"), newIds(MAX_WRITE_IDS - 2));
      for (const change of [creation, oldest]) {
        await t.made([change]);
        await t.unchanged(last);
      }
      equal("outcome", await t.put(gone), { done: false, why: "changed" });
      await t.unchanged(last);
    },
  },
  {
    id: "put-ids/again/whatever-the-condition",
    rule: "A change whose id is in the chain is done before any condition is checked, and changes nothing.",
    async run(t) {
      const id = newWriteId();
      const old = await t.write("a.txt", "old");
      await t.made([t.change("a.txt", "one", "overwrite", id)]);
      const now = await t.file("a.txt");
      for (const condition of ["create", "overwrite", old, now] as const) {
        await t.made([t.change("a.txt", "other", condition, id)]);
        await t.unchanged(now);
      }
    },
  },
  {
    id: "put-ids/again/from-another-instance",
    rule: "The chain is in the storage: another instance knows the id too.",
    async run(t) {
      const change = t.change("a.txt", "two", await t.write("a.txt", "one"));
      await t.made([change]);
      const before = await t.file("a.txt");
      await t.made([change], await t.open());
      await t.unchanged(before);
    },
  },
  {
    id: "put-ids/again/in-a-batch",
    rule: "In a retried batch, each change that was applied counts as done, and the others are applied.",
    async run(t) {
      const changes = ["a", "b", "c", "d"].map((name) =>
        t.change(name, "one", "overwrite", "batchbatchbatchbatchba"),
      );
      await t.made([changes[0]!, changes[2]!]);
      const later = await t.swap(await t.file("a"), "later");
      await t.made(changes);
      await t.unchanged(later);
      const contents = (await t.files(["b", "c", "d"])).map((file) => file?.content);
      equal("contents", contents, ["one", "one", "one"]);
    },
  },
  {
    id: "put-ids/again/refused-before",
    rule: "A refused change leaves no id: once its condition holds, it is applied.",
    async run(t) {
      const change = t.change("a.txt", "mine");
      await t.write("a.txt", "theirs");
      equal("outcome", await t.put(change), { done: false, why: "exists" });
      check(!(await t.file("a.txt")).writeIds.includes(change.id), "ids", "those of others", change.id);
      await t.delete("a.txt", "file");
      await t.made([change]);
      await t.holds("a.txt", "mine");
    },
  },
];
