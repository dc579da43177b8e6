import { check, equal, refuses } from "../assert.js";
import type { Capability } from "../capabilities.js";
import type { ConformanceCase } from "../case.js";
import type { CaseContext } from "../context.js";
import { READ_AS_ABSENCE, sorted, utf8 } from "./fixtures.js";

const paths: Readonly<Record<string, { readonly paths: readonly string[]; readonly why: string }>> = {
  "dot-segment": {
    paths: ["/./secret.txt", "/d/./secret.txt", "/d/.", "/./new.txt", "/d/./new.txt"],
    why: "`/secret/./key` slips past a rule that denies `/secret/**`",
  },
  "dot-dot-segment": {
    paths: ["/d/../secret.txt", "/../secret.txt", "/d/..", "/d/../new.txt", "/../new.txt"],
    why: "it names a file by a text that no permission rule expects",
  },
  "control-character": {
    paths: ["/d/a\nb", "/d/a\0", "/d/a\r", "/d/\u001b[2J", "/d/a\tb", "/d/\u001f"],
    why: "a newline in a name forges lines of a listing",
  },
  "delete-character": {
    paths: ["/d/a\u007f"],
    why: "it is a control character",
  },
  "lone-surrogate": {
    paths: ["/d/a\ud83d", "/d/\ude00b"],
    why: "no storage can hold it, and two such names would become one",
  },
  "too-long": {
    paths: [`/${"a".repeat(200)}`.repeat(6), `/${"日".repeat(60)}`.repeat(6)],
    why: "more than 1,024 bytes of UTF-8 fit into no object key",
  },
};

interface Group {
  readonly does: string;
  readonly needs: readonly Capability[];
  refuses(t: CaseContext, path: string): Promise<void>;
}

const groups: Readonly<Record<string, Group>> = {
  read: {
    does: "`read` and `readRaw` refuse it",
    needs: [],
    async refuses(t, path) {
      const read = await t.backend.read(path);
      refuses("read", read);
      equal("content", read.content, undefined);
      refuses("readRaw", await t.backend.readRaw(path));
    },
  },
  write: {
    does: "`write` and `edit` refuse it",
    needs: [],
    async refuses(t, path) {
      refuses("write", await t.backend.write(path, "x"));
      refuses("edit", await t.backend.edit(path, "secret", "open"));
    },
  },
  list: {
    does: "`ls`, `glob` and `grep` refuse it with an error, in words that are not read as absence",
    needs: [],
    async refuses(t, path) {
      const error = refuses("ls", await t.backend.ls(path));
      check(!READ_AS_ABSENCE.test(error) && !error.includes(path), "ls", "neither phrase nor path", error);
      refuses("glob", await t.backend.glob("**", path));
      refuses("grep", await t.backend.grep("secret", path));
    },
  },
  delete: {
    does: "`delete` refuses it, in words that are not read as absence",
    needs: ["delete"],
    async refuses(t, path) {
      const error = refuses("delete", await t.backend.delete(path));
      check(
        !READ_AS_ABSENCE.test(error) && !error.includes(path),
        "delete",
        "neither phrase nor path",
        error,
      );
    },
  },
  upload: {
    does: "an upload is answered with `invalid_path`",
    needs: ["transfer"],
    async refuses(t, path) {
      const answers = await t.backend.uploadFiles([[path, utf8("x")]]);
      equal(
        "answers",
        answers.map((answer) => [answer.path, answer.error]),
        [[path, "invalid_path"]],
      );
    },
  },
  download: {
    does: "a download is answered with `invalid_path`, never with `file_not_found`",
    needs: ["transfer"],
    async refuses(t, path) {
      const answers = await t.backend.downloadFiles([path]);
      const said = answers.map((answer) => [answer.path, answer.error, answer.content]);
      equal("answers", said, [[path, "invalid_path", null]]);
    },
  },
};

/** Tests paths that every method refuses. */
export const refusedPathCases: readonly ConformanceCase[] = Object.entries(paths).flatMap(
  ([kind, { paths, why }]) =>
    Object.entries(groups).map(
      ([name, group]): ConformanceCase => ({
        id: `paths/refused/${kind}/${name}`,
        rule: `A path with a ${kind.replaceAll("-", " ")} is refused, since ${why}: ${group.does}.`.replace(
          "with a too long",
          "that is too long",
        ),
        source: "ours",
        needs: ["strictPaths", ...group.needs],
        async run(t) {
          await t.write("/secret.txt", "secret\n");
          await t.write("/d/secret.txt", "secret\n");
          for (const path of paths) await group.refuses(t, t.at(path));
          await t.holds("/secret.txt", "secret\n");
          await t.holds("/d/secret.txt", "secret\n");
          equal("files afterwards", sorted(await t.glob("**")), ["/d/secret.txt", "/secret.txt"]);
        },
      }),
    ),
);
