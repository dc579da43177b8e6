import { check, equal, refuses } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import type { CaseContext } from "../context.js";
import { READ_AS_ABSENCE, utf8 } from "./fixtures.js";
import { worksAgain } from "./service.js";

/** Restores the service and returns a file's text; `undefined` if there is no such file. */
async function textAfter(
  t: CaseContext,
  path: string,
  end: () => Promise<void>,
): Promise<string | Uint8Array | undefined> {
  await end();
  await worksAgain(t, "ls", () => t.backend.ls(t.at("/")));
  const content = (await t.backend.readRaw(path)).data?.content;
  return Array.isArray(content) ? content.join("\n") : content;
}

function saysNoAbsence(what: string, error: unknown): void {
  check(!READ_AS_ABSENCE.test(String(error ?? "")), `error of ${what}`, "no word of absence", error);
}

/** Tests a service on which requests that read fail, and requests that write succeed. */
export const readOutageCases: readonly ConformanceCase[] = [
  {
    id: "read-outage/read/is-no-absence",
    rule: "While look-ups fail, no file is reported as missing, not even one that is: its absence cannot be known.",
    source: "ours",
    needs: "readOutage",
    async run(t) {
      await t.fill(["/d/a.txt"], "needle\n");
      await t.readOutage();
      const read = await t.backend.read(t.at("/d/a.txt"));
      const raw = await t.backend.readRaw(t.at("/d/a.txt"));
      saysNoAbsence("read", read.error);
      saysNoAbsence("readRaw", raw.error);
      for (const content of [read.content, raw.data?.content]) {
        // A cache may have supplied it.
        check(content === undefined || content === "needle\n", "content", "none, or the file's", content);
      }
      const missing = t.at("/d/missing.txt");
      saysNoAbsence("read", refuses("read of a missing file", await t.backend.read(missing)));
      saysNoAbsence("readRaw", refuses("readRaw of a missing file", await t.backend.readRaw(missing)));
    },
  },
  {
    id: "read-outage/lists/are-not-shorter",
    rule: "While look-ups fail, no list is incomplete, and none is empty unless that is certain.",
    source: "ours",
    needs: "readOutage",
    async run(t) {
      await t.fill(["/d/a.txt", "/d/b.txt"], "needle\n");
      await t.readOutage();
      const ls = await t.backend.ls(t.at("/d"));
      const glob = await t.backend.glob("**", t.at("/d"));
      const grep = await t.backend.grep("needle", t.at("/d"));
      const isWhole = (found: readonly unknown[] | undefined) => found?.length === 2;
      check(ls.error !== undefined || isWhole(ls.files), "ls", "an error, or both files", ls);
      check(glob.error !== undefined || isWhole(glob.files), "glob", "an error, or both files", glob);
      check(grep.error !== undefined || isWhole(grep.matches), "grep", "an error, or both files", grep);
      saysNoAbsence("ls", ls.error);
      saysNoAbsence("ls", refuses("ls of a missing directory", await t.backend.ls(t.at("/missing"))));
    },
  },
  {
    id: "read-outage/write/never-replaces",
    rule: "A create-only write never replaces a file, even if its existence cannot be checked.",
    source: "ours",
    needs: ["readOutage", "createOnly"],
    async run(t) {
      await t.write("/d/a.txt", "first\n");
      const end = await t.readOutage();
      refuses("write", await t.backend.write(t.at("/d/a.txt"), "second\n"));
      equal("content", await textAfter(t, t.at("/d/a.txt"), end), "first\n");
    },
  },
  {
    id: "read-outage/write/new-is-whole-or-refused",
    rule: "A new file written while look-ups fail exists whole if the write succeeded, and otherwise whole or not at all.",
    source: "ours",
    needs: "readOutage",
    async run(t) {
      const path = t.at("/d/new.txt");
      const end = await t.readOutage();
      const { error } = await t.backend.write(path, "new\n");
      const stored = await textAfter(t, path, end);
      const possible = error === undefined ? ["new\n"] : ["new\n", undefined];
      check(possible.includes(stored as string), "content", "what was written", stored);
    },
  },
  {
    id: "read-outage/edit/everything-or-nothing",
    rule: "An edit while look-ups fail changes everything that it should or nothing, and says which.",
    source: "ours",
    needs: "readOutage",
    async run(t) {
      await t.write("/d/a.txt", "one two\none three\n");
      const end = await t.readOutage();
      // A letter that also occurs in error messages.
      const answer = await t.backend.edit(t.at("/d/a.txt"), "o", "O", true);
      saysNoAbsence("the edit", answer.error);
      const stored = await textAfter(t, t.at("/d/a.txt"), end);
      const wanted = "One twO\nOne three\n";
      const possible = answer.error === undefined ? [wanted] : [wanted, "one two\none three\n"];
      check(possible.includes(stored as string), "content", `one of ${possible.length}`, stored);
    },
  },
  {
    id: "read-outage/delete/is-no-absence",
    rule: "A deletion while look-ups fail is done, or an error that does not suggest absence.",
    source: "ours",
    needs: ["readOutage", "delete"],
    async run(t) {
      await t.fill(["/d/a.txt"]);
      const end = await t.readOutage();
      const answer = await t.backend.delete(t.at("/d/a.txt"));
      saysNoAbsence("the deletion", answer.error);
      const stored = await textAfter(t, t.at("/d/a.txt"), end);
      if (answer.error === undefined) equal("content", stored, undefined);
      else check(stored === undefined || stored === "x\n", "content", "the file's, or none", stored);
    },
  },
  {
    id: "read-outage/download/is-no-absence",
    rule: "A download that fails is never `file_not_found`, which deepagents takes for a history that does not exist yet.",
    source: "ours",
    needs: ["readOutage", "transfer"],
    async run(t) {
      await t.write("/d/a.txt", "first\n");
      await t.readOutage();
      // During the outage it is unknowable that the second file is missing.
      const paths = ["/d/a.txt", "/d/missing.txt"].map((path) => t.at(path));
      const answers = await t.backend.downloadFiles(paths);
      equal("number of answers", answers.length, paths.length);
      for (const answer of answers) {
        check(
          answer.error !== "file_not_found",
          `download of ${answer.path}`,
          "an error of another code",
          answer,
        );
      }
    },
  },
  {
    id: "read-outage/history/is-not-replaced",
    rule: "A section appended to a history that could not be downloaded does not replace the whole history.",
    source: "ours",
    needs: ["readOutage", "transfer", "createOnly"],
    async run(t) {
      const path = t.inArea("conversation_history", "thread.md");
      equal("first section", (await t.backend.write(path, "## first\n")).error, undefined);
      const end = await t.readOutage();
      // deepagents' summarization treats any failure as a missing file, and writes a missing history.
      const [got] = await t.backend.downloadFiles([path]);
      if (got?.content) await t.backend.uploadFiles([[path, utf8("## first\n## second\n")]]);
      else await t.backend.write(path, "## second\n");
      const stored = String(await textAfter(t, path, end));
      check(stored.startsWith("## first\n"), "history", "one that still has its first section", stored);
    },
  },
];
