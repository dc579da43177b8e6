import {
  CAPABILITIES,
  type ConformanceCase,
  EDITION,
  type Family,
  LEVELS,
  levelOf,
} from "@deepagents-remote/core/conformance";
import { GENERATED, table } from "./markdown.js";

const levels = Object.entries(LEVELS);
const isPlainChoice = (name: string) =>
  !levels.some(([, { needs }]) => (needs as readonly string[]).includes(name));

/** The front page of the suite: families, levels, capabilities, sources. */
export function indexPage(
  families: Readonly<Record<string, Family>>,
  cases: readonly ConformanceCase[],
): string {
  const ofFamily = (name: string) => cases.filter(({ id }) => id.startsWith(`${name}/`));
  return `${[
    GENERATED,
    "# The conformance suite",
    `${cases.length} cases in ${Object.keys(families).length} families, edition ${EDITION}. How to run them on a backend of your own is in [Write a backend](../write-a-backend.md); what they find in the backends that exist is in [Backends compared](backends.md).`,
    "## Families",
    table(
      ["family", "cases", "about"],
      Object.entries(families).map(([name, family]) => [
        `[\`${name}/\`](${name}.md)`,
        String(ofFamily(name).length),
        family.about,
      ]),
    ),
    "A [suite of its own](stores.md) tries a `FileStore` by itself.",
    "## Levels",
    "A level is reached when all its cases and those of the levels before it pass, and nothing of it is skipped, known to fail or not promised. A case counts at the highest level that one of its needs belongs to.",
    table(
      ["level", "cases", "a backend of this level ...", "must promise"],
      levels.map(([name, { means, needs }]) => [
        name,
        String(cases.filter((one) => levelOf(one) === name).length),
        means,
        needs.map((need) => `\`${need}\``).join(", ") || "nothing",
      ]),
    ),
    "## Capabilities",
    "What a backend may promise beyond the protocol. `delete`, `transfer`, `processes`, `outage` and `readOutage` are seen from what you give; `directories` is promised unless you say `false`; the rest is read from the backend's `capabilities` property or from the options. What is not promised is told at the end of each run, and where its absence must show, a case asserts that it does.",
    table(
      ["capability", "meaning", "level"],
      Object.entries(CAPABILITIES).map(([name, meaning]) => [
        `\`${name}\``,
        meaning,
        isPlainChoice(name)
          ? "a free choice"
          : levels.find(([, { needs }]) => (needs as readonly string[]).includes(name))![0],
      ]),
    ),
    "## Where rules come from",
    "`deepagents`: its types, their comments, and what its own backends agree on. `tools`: what its tools and middleware do with an answer, whatever the types say. `ours`: the reading of this project where those two leave it open; such a case is tried only where a capability promises it, so nobody fails by our taste.",
  ].join("\n\n")}\n`;
}
