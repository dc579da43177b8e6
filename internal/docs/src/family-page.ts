import {
  type Case,
  type ConformanceCase,
  causeOf,
  type Family,
  levelOf,
} from "@deepagents-remote/core/conformance";
import { GENERATED, table } from "./markdown.js";

/** When a case is tried, in words. */
export function tried({ needs = [], unless = [] }: Pick<Case, "needs" | "unless">): string {
  const promises = [needs].flat().map((name) => `\`${name}\``);
  promises.push(...[unless].flat().map((name) => `without \`${name}\``));
  return promises.join(", ") || "always";
}

/** Cases by their topics, the first two parts of their ids. */
export function byTopic<T extends Case>(cases: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const topics = new Map<string, T[]>();
  for (const one of cases) {
    const topic = one.id.split("/").slice(0, 2).join("/");
    topics.set(topic, [...(topics.get(topic) ?? []), one]);
  }
  return topics;
}

/** The page of a family of backend cases: what it is about, and a table for each topic. */
export function familyPage(name: string, family: Family, cases: readonly ConformanceCase[]): string {
  const sections = [...byTopic(cases)].map(([topic, own]) => {
    const rows = own.map((one) => [`\`${one.id}\``, levelOf(one), tried(one), one.source, one.rule]);
    return [
      `## ${topic}`,
      `*Usual cause of a failure:* ${causeOf(own[0]!)}`,
      table(["case", "level", "tried", "source", "rule"], rows),
    ].join("\n\n");
  });
  return `${[GENERATED, `# \`${name}/\``, family.about, ...sections].join("\n\n")}\n`;
}
