import { check } from "../../assert.js";
import type { ConformanceCase } from "../../case.js";
import type { CaseContext } from "../../context.js";
import { hostOf } from "./agent.js";
import { call, needsTool, tells, tellsFailure } from "./calls.js";
import type { ToolCall, Turn } from "./scripted-model.js";

const SECRET = "the key is under the mat";

/** Runs an agent that may neither read nor write below `/secret`. */
async function guarded(t: CaseContext, turns: readonly Turn[]) {
  return (await hostOf(t)).run(turns, {
    permissions: [{ operations: ["read", "write"], paths: [t.at("/secret/**")], mode: "deny" }],
  });
}

const attempts = (t: CaseContext, path: string): ToolCall[] => [
  call.read(path),
  call.grep("key", path),
  call.edit(path, "mat", "bed"),
  call.write(path, "stolen\n"),
  ...(t.capabilities.delete ? [call.delete(path)] : []),
];

async function staysSecret(t: CaseContext, answers: readonly (readonly string[])[]): Promise<void> {
  for (const answer of answers.flat()) {
    check(!answer.includes(SECRET), "what the model is told", "nothing of the secret", answer);
  }
  await t.holds("/secret/key.txt", SECRET);
}

/** Tests deepagents' permission rules, which match the text of a path, before and after the backend is called. */
export const permissionCases: readonly ConformanceCase[] = [
  {
    id: "host/permissions/denied",
    rule: "Denied files stay secret in listings and searches too: the rules match their absolute paths.",
    source: "tools",
    async run(t) {
      await t.write("/secret/key.txt", SECRET);
      await t.write("/open.txt", "open\n");
      const { answers } = await guarded(t, [
        [...attempts(t, t.at("/secret/key.txt")), call.ls(t.at("/secret"))],
        [call.grep("key", t.at("/")), call.glob("**", t.at("/")), call.read(t.at("/open.txt"))],
      ]);
      await staysSecret(t, answers);
      check(!answers[1]?.[1]?.includes("key.txt"), "glob", "nothing of what is denied", answers[1]?.[1]);
      tells("read_file", answers[1]?.[2], "open");
    },
  },
  {
    id: "host/permissions/spellings",
    rule: "No other spelling of a path leads around a rule that denies it.",
    source: "tools",
    needs: "strictPaths",
    async run(t) {
      await t.write("/secret/key.txt", SECRET);
      const spellings = [
        ...["//secret/key.txt", "/./secret/key.txt", "/secret/./key.txt", "/open/../secret/key.txt"],
        ...["/secret//key.txt", "/secret/key.txt/", "\\secret\\key.txt", "/secret\\key.txt"],
        ...["/%73ecret/key.txt", "/secret%2Fkey.txt", "/SECRET/key.txt", "/secret\0/key.txt"],
        ...["/\u200bsecret/key.txt", "/secret /key.txt", "/ｓecret/key.txt"],
      ];
      const { answers } = await guarded(
        t,
        spellings.map((spelling) => attempts(t, t.at(spelling))),
      );
      await staysSecret(t, answers);
    },
  },
  {
    id: "host/permissions/delete",
    rule: "A file that may be deleted is known for one, not for a directory with what is denied below it.",
    source: "tools",
    needs: "delete",
    async run(t) {
      await t.fill(["/desk/draft.txt", "/desk/final.txt"]);
      const { answers, tools } = await (await hostOf(t)).run(
        [[call.delete(t.at("/desk/draft.txt"))], [call.delete(t.at("/desk"))]],
        {
          permissions: [
            { operations: ["write"], paths: [t.at("/desk/draft.txt")], mode: "allow" },
            { operations: ["write"], paths: [t.at("/desk/**")], mode: "deny" },
          ],
        },
      );
      needsTool("delete", tools);
      tells("delete of the file", answers[0]?.[0], t.at("/desk/draft.txt"));
      tellsFailure("delete of the directory", answers[1]?.[0], /denied/);
      await t.absent("/desk/draft.txt");
      await t.holds("/desk/final.txt", "x\n");
    },
  },
];
