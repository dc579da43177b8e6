import { check, equal } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import type { ProcessCall } from "../processes/backend-process.js";
import { PROCESSES, withProcesses } from "../processes/open-processes.js";
import { won } from "./race.js";

/** Number of edits per process. */
const EDITS = 25;
/** Number of paths that the processes race for. */
const PATHS = 25;

/** Tests several concurrent processes: every total is exact. */
export const processCases: readonly ConformanceCase[] = [
  {
    id: "races/processes/no-update-is-lost",
    rule: "Four processes that make 25 edits each of one file make exactly 100 edits.",
    source: "ours",
    needs: ["processes", "atomic"],
    async run(t) {
      const edits = t.scaled(EDITS);
      await t.write("/a.txt", "lines:\nEND\n");
      await withProcesses(t, async (processes) => {
        const made = processes.map((one, i) => {
          const calls = Array.from(
            { length: edits },
            (_, n): ProcessCall => ["edit", t.at("/a.txt"), "END", `${i}.${n}\nEND`],
          );
          return one.make(...calls);
        });
        const answers = (await Promise.all(made)).flat();
        equal(
          "refused edits",
          answers.filter(({ error }) => error != null),
          [],
        );
        const lines = String((await t.data("/a.txt")).content)
          .split("\n")
          .slice(1, -2);
        equal("lines", lines.length, PROCESSES * edits);
        equal("different lines", new Set(lines).size, PROCESSES * edits);
      });
    },
  },
  {
    id: "races/processes/one-winner",
    rule: "Exactly one of several processes that create one path concurrently succeeds, and its content is stored.",
    source: "ours",
    needs: ["processes", "atomic", "createOnly"],
    async run(t) {
      const paths = Array.from({ length: t.scaled(PATHS) }, (_, i) => `/d/${i}.txt`);
      await withProcesses(t, async (processes) => {
        const answers = await Promise.all(
          processes.map((one, i) =>
            one.make(...paths.map((path): ProcessCall => ["write", t.at(path), `process ${i}\n`])),
          ),
        );
        for (const [n, path] of paths.entries()) {
          const of = answers.map((some) => some[n]!);
          equal(`successes for ${path}`, won(of), 1);
          await t.holds(path, `process ${of.findIndex(({ error }) => error == null)}\n`);
        }
      });
    },
  },
  {
    id: "races/processes/one-replaces",
    rule: "Of several processes that have all read a file and write it concurrently exactly one replaces it, and the others are refused.",
    source: "ours",
    needs: ["processes", "atomic", "guarded"],
    async run(t) {
      const paths = Array.from({ length: t.scaled(PATHS) }, (_, i) => `/d/${i}.txt`);
      await t.fill(paths);
      await withProcesses(t, async (processes) => {
        const makeAll = (callOf: (path: string, i: number) => ProcessCall) =>
          Promise.all(processes.map((one, i) => one.make(...paths.map((path) => callOf(t.at(path), i)))));
        await makeAll((path) => ["read", path]);
        const answers = await makeAll((path, i) => ["write", path, `process ${i}\n`]);
        for (const [n, path] of paths.entries()) {
          const of = answers.map((some) => some[n]!);
          equal(`successes for ${path}`, won(of), 1);
          await t.holds(path, `process ${of.findIndex(({ error }) => error == null)}\n`);
        }
      });
    },
  },
  {
    id: "races/processes/deletions-count-once",
    rule: "Exactly one of several processes that delete one file concurrently reports success.",
    source: "ours",
    needs: ["processes", "atomicDelete", "delete"],
    async run(t) {
      const paths = Array.from({ length: t.scaled(PATHS) }, (_, i) => `/d/${i}.txt`);
      await t.fill(paths);
      await withProcesses(t, async (processes) => {
        const answers = await Promise.all(
          processes.map((one) => one.make(...paths.map((path): ProcessCall => ["delete", t.at(path)]))),
        );
        for (const [n, path] of paths.entries()) {
          equal(`deletions of ${path}`, won(answers.map((some) => some[n]!)), 1);
          await t.absent(path);
        }
      });
    },
  },
  {
    id: "races/processes/seen-at-once",
    rule: "Changes of one process are visible to the others immediately, even for files that they have read before.",
    source: "ours",
    needs: "processes",
    async run(t) {
      await withProcesses(t, async ([writer, ...others]) => {
        const path = t.at("/d/a.txt");
        const seen = async () => {
          const answers = await Promise.all(
            others.map((one) => one.make(["read", path], ["ls", t.at("/d")])),
          );
          return answers.map(([read, ls]) => ({
            read: read?.error == null ? read?.content : "an error",
            ls: (ls?.files as { path: string }[] | undefined)?.map((file) => t.below(file.path)),
          }));
        };
        const expectSeen = async (what: string, content: string | undefined) => {
          const files = content === undefined ? [] : ["/d/a.txt"];
          const one = { read: content ?? "an error", ls: files };
          equal(
            `what others see after ${what}`,
            await seen(),
            others.map(() => one),
          );
        };
        const makes = async (call: ProcessCall) => {
          const [answer] = await writer!.make(call);
          check(answer?.error == null, call[0], "success", answer);
        };
        await expectSeen("nothing", undefined);
        await makes(["write", path, "one\n"]);
        await expectSeen("the write", "one\n");
        await makes(["edit", path, "one", "two"]);
        await expectSeen("the edit", "two\n");
        await t.holds("/d/a.txt", "two\n");
        if (!t.capabilities.delete) return;
        await makes(["delete", path]);
        await expectSeen("the deletion", undefined);
      });
    },
  },
];
