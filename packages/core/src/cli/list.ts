import { type ConformanceCase, causeOf, levelOf } from "../conformance/index.js";

/** Lists the cases as a table with the rule of each. */
export function listText(cases: readonly ConformanceCase[]): string {
  const rows = [
    ["id", "level", "source", "needs", "rule"],
    ...cases.map((one) => [one.id, levelOf(one), one.source, needs(one), one.rule.replace(/\s+/g, " ")]),
  ];
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows
    .map((row) => row.map((cell, i) => (i < row.length - 1 ? cell.padEnd(widths[i]!) : cell)).join("  "))
    .join("\n");
}

/** Lists the cases as JSON. */
export function listJson(cases: readonly ConformanceCase[]): string {
  const list = cases.map((one) => ({
    id: one.id,
    level: levelOf(one),
    source: one.source,
    needs: [one.needs ?? []].flat(),
    ...(one.unless !== undefined && { unless: [one.unless].flat() }),
    ...(one.since !== undefined && { since: one.since }),
    rule: one.rule,
    cause: causeOf(one),
  }));
  return JSON.stringify(list, null, 2);
}

function needs({ needs = [], unless = [] }: ConformanceCase): string {
  return [...[needs].flat(), ...[unless].flat().map((name) => `not ${name}`)].join(", ");
}
