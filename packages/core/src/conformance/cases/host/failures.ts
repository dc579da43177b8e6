import { check, equal } from "../../assert.js";
import type { ConformanceCase } from "../../case.js";
import type { CaseContext } from "../../context.js";
import { hostOf } from "./agent.js";
import { call, needsTool, tells, tellsFailure } from "./calls.js";

/** Returns the words to expect in a message, which are checked only if `errorWords` is promised. */
const inWords = (t: CaseContext, ...words: RegExp[]): RegExp[] => (t.capabilities.errorWords ? words : []);

/** Tests what the model sees when an operation fails. A failing tool never ends the run. */
export const failureCases: readonly ConformanceCase[] = [
  {
    id: "host/failures/missing-file",
    rule: "A missing file is reported as an error, in deepagents' words for absence, and the run continues.",
    source: "tools",
    async run(t) {
      const path = t.at("/missing.txt");
      const { answers } = await (await hostOf(t)).run([[call.read(path), call.edit(path, "a", "b")]]);
      tellsFailure("read_file", answers[0]?.[0], ...inWords(t, /not found|no such file/i));
      tellsFailure("edit_file", answers[0]?.[1], ...inWords(t, /not found|no such file/i));
      await t.absent("/missing.txt");
    },
  },
  {
    id: "host/failures/missing-file-deleted",
    rule: "Deleting a missing file is reported as an error with the words `not found`, and the run continues.",
    source: "tools",
    needs: "delete",
    async run(t) {
      const { answers, tools } = await (await hostOf(t)).run([[call.delete(t.at("/missing.txt"))]]);
      needsTool("delete", tools);
      tellsFailure("delete", answers[0]?.[0], /not found/i);
    },
  },
  {
    id: "host/failures/edit-refused",
    rule: "A text that is not in the file, or occurs twice, is reported as an error from which the model can recover.",
    source: "tools",
    async run(t) {
      const path = t.at("/a.txt");
      await t.write("/a.txt", "one one two\n");
      const { answers } = await (await hostOf(t)).run([
        [call.edit(path, "three", "x"), call.edit(path, "one", "x")],
        [call.edit(path, "one two", "three")],
      ]);
      tellsFailure("edit of what is not there", answers[0]?.[0], ...inWords(t, /not found/));
      tellsFailure("edit of what is there twice", answers[0]?.[1], ...inWords(t, /appears 2 times/));
      tells("edit_file", answers[1]?.[0], " 1 ", path);
      await t.holds("/a.txt", "one three\n");
    },
  },
  {
    id: "host/failures/offset-past-the-end",
    rule: "A page past the end is reported as an error: an empty one would be shown as a line that does not exist.",
    source: "tools",
    async run(t) {
      await t.write("/a.txt", "one\n");
      const { answers } = await (await hostOf(t)).run([[call.read(t.at("/a.txt"), { offset: 500 })]]);
      tellsFailure("read_file", answers[0]?.[0]);
    },
  },
  {
    id: "host/failures/existing-file",
    rule: "Where `write` only creates, the existing file is kept and reported to the model, which can edit it.",
    source: "tools",
    needs: "createOnly",
    async run(t) {
      const path = t.at("/a.txt");
      await t.write("/a.txt", "first\n");
      const { answers } = await (await hostOf(t)).run([
        [call.write(path, "second\n")],
        [call.edit(path, "first", "third")],
      ]);
      tellsFailure("write_file", answers[0]?.[0], ...inWords(t, /exist/));
      tells("edit_file", answers[1]?.[0], path);
      await t.holds("/a.txt", "third\n");
    },
  },
  {
    id: "host/failures/existing-file-replaced",
    rule: "Where `write` replaces, it does what the description of the tool tells the model.",
    source: "tools",
    unless: "createOnly",
    async run(t) {
      await t.write("/a.txt", "first, and longer\n");
      const { answers } = await (await hostOf(t)).run([[call.write(t.at("/a.txt"), "second\n")]]);
      tells("write_file", answers[0]?.[0], t.at("/a.txt"));
      await t.holds("/a.txt", "second\n");
    },
  },
  {
    id: "host/failures/odd-arguments",
    rule: "Arguments that a model invents get an answer, and the run continues.",
    source: "tools",
    async run(t) {
      await t.write("/a.txt", "one\n");
      const path = t.at("/a.txt");
      const odd = [t.at("/"), `${path}\n`, `${path}\0`];
      if (t.capabilities.directories) odd.push(t.at("/a.txt/"), t.at("/a.txt/b.txt"), t.at("/./a.txt"));
      const turns = [
        ...odd.map((each) => [
          ...[call.read(each), call.edit(each, "never there", "x"), call.ls(each)],
          ...[call.grep("never there", each), call.glob("[", each)],
        ]),
        ["", "\n", "\ud800"].map((pattern) => call.grep(pattern, t.at("/"))),
        ["", "{", "/**", "**/../*"].map((pattern) => call.glob(pattern, t.at("/"))),
        [-1, 0.5, 1e9].map((offset) => call.read(path, { offset, limit: offset })),
        [call.edit(path, "", "x")],
      ];
      const { answers } = await (await hostOf(t)).run(turns);
      equal(
        "numbers of answers",
        answers.map(({ length }) => length),
        turns.map(({ length }) => length),
      );
      await t.holds("/a.txt", "one\n");
    },
  },
  {
    id: "host/failures/outage",
    rule: "In an outage the model sees errors, never that a file is missing, and the run continues.",
    source: "tools",
    needs: "outage",
    async run(t) {
      const path = t.at("/a.txt");
      await t.write("/a.txt", "one\n");
      const host = await hostOf(t);
      const restore = await t.outage();
      const turn = [
        call.read(path),
        call.ls(t.at("/")),
        call.glob("*", t.at("/")),
        call.grep("one", t.at("/")),
        call.edit(path, "one", "two"),
        call.write(t.at("/b.txt"), "two\n"),
      ];
      const { answers } = await host.run([turn]);
      await restore();
      for (const [i, { tool }] of turn.entries()) {
        tellsFailure(tool, answers[0]?.[i]);
        check(
          !/not found|no files/i.test(answers[0]?.[i] ?? ""),
          tool,
          "nothing of absence",
          answers[0]?.[i],
        );
      }
    },
  },
];
