import { check, equal, succeeds } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import type { CaseContext } from "../context.js";
import type { Subject } from "../subject.js";

/** Suffixes that may follow a name. */
const SUFFIXES = { dash: "-corp", digit: "0", underscore: "_", percent: "%", "e-mail": "@example.org" };

/** Lists of similar names; within a list, no name is a prefix of another. */
const NAMESPACES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  colon: [["a:b"], ["a", "b"]],
  slash: [["a/b"], ["a", "b"]],
  dot: [["a.b"], ["a", "b"]],
  bar: [["a|b"], ["a", "b"]],
  percent: [["a%2Fb"], ["a%252Fb"], ["a/b"], ["a", "b"]],
  dots: [[".."], ["."], ["x", "..", "b"], ["x", ".", "b"], ["x", "b"], ["b"]],
  case: [["Ann"], ["ann"]],
  unicode: [["\u00e9"], ["e\u0301"], ["\uff41"], ["a"]],
  "e-mail": [["ann@example.org"], ["ann@example.com"], ["ann+b@example.org"], ["ann", "example.org"]],
};

const show = (names: readonly string[]): string =>
  `\`[${names.map((name) => JSON.stringify(name)).join(", ")}]\``;

/** Tests that backends with similar names, or names with a common prefix, share nothing. */
export const isolationCases: readonly ConformanceCase[] = [
  ...Object.entries(SUFFIXES).map(
    ([point, suffix]): ConformanceCase => ({
      id: `isolation/neighbor/${point}`,
      rule: `A backend named \`acme\` and one named \`acme${suffix}\` never see, change or delete each other's files.`,
      source: "ours",
      needs: suffix === "%" ? ["ownRoot", "anyName"] : "ownRoot",
      run: async (t) => shareNothing(t, [t.backend, await t.neighbor(t.name + suffix)]),
    }),
  ),
  ...Object.entries(NAMESPACES).map(
    ([point, namespaces]): ConformanceCase => ({
      id: `isolation/namespace/${point}`,
      rule: `The namespaces ${namespaces.map(show).join(", ")} share no file.`,
      source: "ours",
      needs: ["ownRoot", "namespaces"],
      run: async (t) =>
        shareNothing(t, await Promise.all(namespaces.map((names) => t.neighbor(t.name, ...names)))),
    }),
  ),
];

/** Fails if one of these backends sees, changes or deletes a file of another. */
async function shareNothing(t: CaseContext, backends: readonly Subject[]): Promise<void> {
  const own = (i: number) => `/d/name-${i}.txt`;
  const content = (i: number) => `needle, word-${i}\n`;
  for (const [i, backend] of backends.entries()) {
    for (const path of [own(i), "/same.txt"]) {
      succeeds(`write of ${path} by ${i}`, await backend.write(path, content(i)));
    }
  }
  const expectUnchanged = async (i: number) => {
    for (const path of [own(i), "/same.txt"]) {
      const { data } = await backends[i]!.readRaw(path);
      equal(`content of ${path} of ${i}`, data?.content, content(i));
    }
  };
  for (const [i, backend] of backends.entries()) {
    await expectUnchanged(i);
    const others = [...backends.keys()].filter((other) => other !== i);
    const answers = {
      ls: await backend.ls("/"),
      "ls of /d": await backend.ls("/d"),
      glob: await backend.glob("**", "/"),
      grep: await backend.grep("needle", "/"),
    };
    for (const [what, answer] of Object.entries(answers)) {
      const marks = others.flatMap((other) => [`/name-${other}.`, `word-${other}`]);
      const seen = marks.filter((mark) => JSON.stringify(answer).includes(mark));
      check(seen.length === 0, `${what} by ${i}`, `nothing of others, such as ${seen[0]}`, answer);
    }
    for (const other of others) {
      const { content: got } = await backend.read(own(other));
      check(!String(got).includes("needle"), `read by ${i} of what ${other} has`, "no such file", got);
      // The answer for a missing file does not matter here.
      await backend.edit(own(other), "needle", "lost");
      if (t.capabilities.delete) await backend.delete(own(other));
    }
  }
  for (const [i, backend] of backends.entries()) {
    await expectUnchanged(i);
    if (t.capabilities.delete) succeeds(`deletion of / by ${i}`, await backend.delete("/"));
  }
}
