import { MAX_WRITE_IDS } from "../../store/write-ids.js";
import { check, equal, succeeds } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import type { CaseContext } from "../context.js";
import type { Subject } from "../subject.js";
import { utf8 } from "./fixtures.js";

/** Promises that every case needs. */
export const lostAnswerNeeds = ["lostAnswers", "atomic"] as const;
const needs = lostAnswerNeeds;
const withDelete = [...needs, "delete"] as const;
const withTransfer = [...needs, "transfer"] as const;

/** Number of edits that exceeds the write ids a file keeps. */
const MANY = MAX_WRITE_IDS + 2;

/** Operations between the lost request and the moment the backend notices. */
type Meanwhile = (other: Subject) => Promise<void>;

const nothing: Meanwhile = async () => {};

/** Makes a change whose answer is lost. */
export async function lose<Answer>(
  t: CaseContext,
  change: () => Promise<Answer>,
  meanwhile: Meanwhile,
  isCarriedOut = true,
): Promise<Answer> {
  const other = await t.open();
  // The first operation of a backend may make changes unrelated to files: creating a table, or probing the bucket.
  await t.backend.ls(t.at("/"));
  let lost = 0;
  let failure: { readonly error: unknown } | undefined;
  await t.loseAnswer({
    isCarriedOut,
    meanwhile: async () => {
      lost++;
      // A failure in here is a failure of the case.
      await meanwhile(other).catch((error: unknown) => {
        failure = { error };
      });
    },
  });
  const answer = await change();
  if (failure) throw failure.error;
  equal("lost requests", lost, 1);
  return answer;
}

/** Fails if an answer claims that the file already existed. */
function saysNotExists(what: string, { error }: { error?: unknown }): void {
  check(!/already exists/i.test(String(error)), `answer of ${what}`, "no word of a file that exists", error);
}

/** Makes a function that writes the file. */
export const write = (t: CaseContext) => () => t.backend.write(t.at("/d/a.txt"), "mine\n");
const upload = (t: CaseContext) => async () =>
  (await t.backend.uploadFiles([[t.at("/d/a.txt"), utf8("mine\n")]]))[0]!;
const edit = (t: CaseContext) => () => t.backend.edit(t.at("/d/a.txt"), "mark", "mark!");
const deletion =
  (t: CaseContext, path = "/d/a.txt") =>
  () =>
    t.backend.delete(t.at(path));

/** Changes through another instance, which must succeed. */
export const others = {
  write: async (t: CaseContext, other: Subject, path = "/d/a.txt", content = "theirs\n") =>
    succeeds("write of another instance", await other.write(t.at(path), content)),
  delete: async (t: CaseContext, other: Subject, path = "/d/a.txt") =>
    succeeds("delete of another instance", await other.delete(t.at(path))),
  edit: async (t: CaseContext, other: Subject, from: string, to: string, path = "/d/a.txt") =>
    succeeds("edit of another instance", await other.edit(t.at(path), from, to)),
};

/** Appends to a file until all earlier write ids are forgotten. */
async function editMany(t: CaseContext, other: Subject): Promise<void> {
  for (let i = 0; i < MANY; i++) await others.edit(t, other, "\n", ".\n");
}

/**
 * Checks the file of a change that was not carried out: it must be changed if success was reported, otherwise
 * unchanged.
 */
async function holdsAsReported(
  t: CaseContext,
  answer: { error?: unknown },
  done: string | undefined,
  before: string | undefined,
): Promise<void> {
  const isDone = answer.error === undefined || answer.error === null;
  const content = isDone ? done : before;
  if (content === undefined) await t.absent("/d/a.txt");
  else await t.holds("/d/a.txt", content);
}

/** Waits until the file is older than the precision of times. */
async function ages(t: CaseContext): Promise<void> {
  const { created_at } = await t.data("/d/a.txt");
  await t.after(new Date(Date.parse(created_at) + 10).toISOString());
}

/** Tests changes whose answer is lost, while others change the same files before the backend notices. */
export const lostAnswerCases: readonly ConformanceCase[] = [
  {
    id: "lost-answers/create/is-done",
    rule: "A create that was carried out while its answer was lost is done, not refused as a file that exists.",
    source: "ours",
    needs,
    async run(t) {
      succeeds("write", await lose(t, write(t), nothing));
      await t.holds("/d/a.txt", "mine\n");
    },
  },
  {
    id: "lost-answers/create/deleted-since",
    rule: "A created file whose answer was lost does not reappear after another writer has deleted it.",
    source: "ours",
    needs: withDelete,
    async run(t) {
      saysNotExists("write", await lose(t, write(t), (other) => others.delete(t, other)));
      await t.absent("/d/a.txt");
    },
  },
  {
    id: "lost-answers/create/another-since",
    rule: "A create whose answer was lost does not replace a file that another writer has created since.",
    source: "ours",
    needs: withDelete,
    async run(t) {
      await lose(t, write(t), async (other) => {
        await others.delete(t, other);
        await others.write(t, other);
      });
      await t.holds("/d/a.txt", "theirs\n");
    },
  },
  {
    id: "lost-answers/create/not-carried-out",
    rule: "A create that never arrived is reported as made only where it is, and never as a file that exists.",
    source: "ours",
    needs,
    async run(t) {
      const answer = await lose(t, write(t), nothing, false);
      saysNotExists("write", answer);
      await holdsAsReported(t, answer, "mine\n", undefined);
    },
  },
  {
    id: "lost-answers/create/created-by-others",
    rule: "A create that never arrived is not reported as done if another writer has created the file.",
    source: "ours",
    needs: [...needs, "createOnly"],
    async run(t) {
      const answer = await lose(t, write(t), (other) => others.write(t, other), false);
      check(answer.error !== undefined, "write", "an error", answer);
      await t.holds("/d/a.txt", "theirs\n");
    },
  },
  {
    id: "lost-answers/upload/is-done",
    rule: "An upload whose answer was lost is done, and does not undo later edits of other writers.",
    source: "ours",
    needs: withTransfer,
    async run(t) {
      await t.fill(["/d/a.txt"], "old\n");
      const answer = await lose(t, upload(t), (other) => others.edit(t, other, "mine", "mine and theirs"));
      succeeds("upload", answer);
      await t.holds("/d/a.txt", "mine and theirs\n");
    },
  },
  {
    id: "lost-answers/upload/edited-many-times-since",
    rule: `An upload whose answer was lost does not erase ${MANY} edits that were acknowledged to others.`,
    source: "ours",
    needs: withTransfer,
    async run(t) {
      await t.fill(["/d/a.txt"], "old\n");
      await lose(t, upload(t), (other) => editMany(t, other));
      await t.holds("/d/a.txt", `mine${".".repeat(MANY)}\n`);
    },
  },
  {
    id: "lost-answers/upload/deleted-since",
    rule: "An uploaded file whose answer was lost does not reappear after another writer has deleted it.",
    source: "ours",
    needs: [...withTransfer, "delete"],
    async run(t) {
      await lose(t, upload(t), (other) => others.delete(t, other));
      await t.absent("/d/a.txt");
    },
  },
  {
    id: "lost-answers/upload/another-since",
    rule: "An upload whose answer was lost does not replace a file that another writer has created since.",
    source: "ours",
    needs: [...withTransfer, "delete"],
    async run(t) {
      await t.fill(["/d/a.txt"], "old\n");
      await lose(t, upload(t), async (other) => {
        await others.delete(t, other);
        await others.write(t, other);
      });
      await t.holds("/d/a.txt", "theirs\n");
    },
  },
  {
    id: "lost-answers/upload/not-carried-out",
    rule: "An upload that never arrived is reported as made only where it is.",
    source: "ours",
    needs: withTransfer,
    async run(t) {
      await t.fill(["/d/a.txt"], "old\n");
      await ages(t);
      const answer = await lose(t, upload(t), nothing, false);
      await holdsAsReported(t, answer, "mine\n", "old\n");
    },
  },
  {
    id: "lost-answers/upload/batch",
    rule: "Nothing in a batch whose answer was lost is applied twice: later edits and deletions of other writers persist.",
    source: "ours",
    needs: [...withTransfer, "delete"],
    async run(t) {
      const paths = ["a", "b", "c"].map((name) => t.at(`/d/${name}.txt`));
      const batch = () =>
        t.backend.uploadFiles(paths.map((path): [string, Uint8Array] => [path, utf8("mine\n")]));
      await t.fill(["/d/a.txt", "/d/b.txt", "/d/c.txt"], "old\n");
      const answers = await lose(t, batch, async (other) => {
        // A backend that sends its files one by one may not have sent the others yet.
        await others.edit(t, other, "\n", " and theirs\n");
        await others.delete(t, other, "/d/c.txt");
      });
      equal("number of answers", answers.length, 3);
      await t.holds("/d/b.txt", "mine\n");
      const [a] = [(await t.data("/d/a.txt")).content];
      check(
        ["mine and theirs\n", "old and theirs\n", "mine\n"].includes(String(a)),
        "content",
        "a version",
        a,
      );
    },
  },
  {
    id: "lost-answers/edit/is-made-once",
    rule: "An edit whose answer was lost is applied once, beside the edits of other writers.",
    source: "ours",
    needs,
    async run(t) {
      await t.write("/d/a.txt", "mark\n");
      const answer = await lose(t, edit(t), (other) => others.edit(t, other, "\n", " theirs\n"));
      succeeds("edit", answer);
      await t.holds("/d/a.txt", "mark! theirs\n");
    },
  },
  {
    id: "lost-answers/edit/edited-many-times-since",
    rule: `An edit whose answer was lost is applied once, although ${MANY} edits of other writers follow it.`,
    source: "ours",
    needs,
    async run(t) {
      await t.write("/d/a.txt", "mark\n");
      await lose(t, edit(t), (other) => editMany(t, other));
      await t.holds("/d/a.txt", `mark!${".".repeat(MANY)}\n`);
    },
  },
  {
    id: "lost-answers/edit/another-since",
    rule: "An edit whose answer was lost is not applied to a file that another writer has created since.",
    source: "ours",
    needs: withDelete,
    async run(t) {
      await t.write("/d/a.txt", "mark\n");
      await lose(t, edit(t), async (other) => {
        await others.delete(t, other);
        await others.write(t, other, "/d/a.txt", "mark of theirs\n");
      });
      await t.holds("/d/a.txt", "mark of theirs\n");
    },
  },
  {
    id: "lost-answers/edit/not-carried-out",
    rule: "An edit that never arrived is reported as made only where it is.",
    source: "ours",
    needs,
    async run(t) {
      await t.write("/d/a.txt", "mark\n");
      await ages(t);
      await holdsAsReported(t, await lose(t, edit(t), nothing, false), "mark!\n", "mark\n");
    },
  },
  {
    id: "lost-answers/delete/is-done",
    rule: "A delete that was carried out while its answer was lost is done, not refused as a missing file.",
    source: "ours",
    needs: withDelete,
    async run(t) {
      await t.fill(["/d/a.txt", "/d/b.txt"]);
      for (const path of ["/d/a.txt", "/d"]) succeeds("delete", await lose(t, deletion(t, path), nothing));
      equal("files", await t.glob("**"), []);
    },
  },
  {
    id: "lost-answers/delete/created-since",
    rule: "A delete whose answer was lost does not delete a file that another writer has created since.",
    source: "ours",
    needs: withDelete,
    async run(t) {
      await t.fill(["/d/a.txt"]);
      await lose(t, deletion(t), (other) => others.write(t, other));
      await t.holds("/d/a.txt", "theirs\n");
    },
  },
  {
    id: "lost-answers/delete/created-in-a-directory-since",
    rule: "The delete of a directory whose answer was lost deletes no file that another writer has created in it since.",
    source: "ours",
    needs: withDelete,
    async run(t) {
      await t.fill(["/d/a.txt", "/d/b.txt", "/d/e/c.txt"]);
      await lose(t, deletion(t, "/d"), async (other) => {
        for (const path of ["/d/a.txt", "/d/0.txt", "/d/e/z.txt"]) await others.write(t, other, path);
      });
      for (const path of ["/d/a.txt", "/d/0.txt", "/d/e/z.txt"]) await t.holds(path, "theirs\n");
    },
  },
  {
    id: "lost-answers/delete/not-carried-out",
    rule: "A delete that never arrived is reported as done only if it is done, even if another writer has edited the file since.",
    source: "ours",
    needs: withDelete,
    async run(t) {
      await t.fill(["/d/a.txt"], "old\n");
      await ages(t);
      const edited = (other: Subject) => others.edit(t, other, "old", "new");
      await holdsAsReported(t, await lose(t, deletion(t), edited, false), undefined, "new\n");
    },
  },
];
