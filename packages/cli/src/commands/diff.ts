import { withHistory } from "../files/point.js";
import { absolute } from "../files/walk.js";
import type { Command } from "../support/command.js";
import { EXIT, succeeded } from "../support/exit.js";
import { printable } from "../support/printable.js";

export const diff: Command = {
  name: "diff",
  summary: "Compare two versions of a file; without versions, the newest change",
  operands: ["<path>", "[from]", "[to]"],
  examples: ["diff @prod /report.md", "diff @prod /report.md 41 44"],
  async run({ operands, output, open }) {
    const backend = withHistory((await open({ history: true })).backend);
    const [operand = "", given, to] = operands;
    const path = absolute(operand);
    const from = given ?? (await previous());
    const { diff = "" } = from === undefined ? {} : succeeded(await backend.diff(path, from, to));
    output.result({ path, from, to, diff }, () => color(printable(diff), output.colors));
    return diff === "" ? EXIT.ok : EXIT.negative;

    /** Returns the version before the newest one; the newest one itself if it is the only one. */
    async function previous(): Promise<string | undefined> {
      const { versions = [] } = succeeded(await backend.history(path, { limit: 2 }));
      return (versions[1] ?? versions[0])?.version;
    }
  },
};

type Paint = (text: string) => string;

function color(diff: string, { red, green, cyan, bold }: Record<"red" | "green" | "cyan" | "bold", Paint>) {
  const paints: [start: string, paint: Paint][] = [
    ["+++", bold],
    ["---", bold],
    ["@@", cyan],
    ["+", green],
    ["-", red],
  ];
  const paint = (line: string) => paints.find(([start]) => line.startsWith(start))?.[1](line) ?? line;
  return diff.split("\n").map(paint).join("\n");
}
