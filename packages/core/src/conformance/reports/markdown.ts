import { formatLevelResult } from "../assess-level.js";
import type { CaseResult } from "../case-result.js";
import { EDITION } from "../editions.js";
import { SOURCES } from "../explain.js";
import { COUNTED, type ConformanceReport } from "../report.js";
import { COLUMNS, cells, codeSpans, families, oneLine, printable } from "./shared.js";

/** Formats a report as GitHub Flavored Markdown: level and counts, failures, then the cases by family. */
export function toMarkdown(report: ConformanceReport): string {
  const { name, levelResult, failed, warnings } = report;
  const parts = [
    `# Conformance of ${inline(name)}`,
    `Suite of @deepagents-remote/core, edition ${EDITION}${levelResult ? `; ${inline(formatLevelResult(levelResult))}` : ""}.`,
    table(
      COUNTED.map(([, words]) => words),
      [COUNTED.map(([key]) => String(report[key].length))],
    ),
    ...failures("Failed", failed),
    ...failures("Newer than the edition asked for", warnings),
    ...families(report).flatMap((family) => [
      `## ${inline(family.name)}`,
      table(COLUMNS, family.results.map(cells)),
    ]),
    `Sources: ${Object.entries(SOURCES)
      .map(([source, words]) => `${source}, ${words}`)
      .join("; ")}.`,
  ];
  return `${parts.join("\n\n")}\n`;
}

const failures = (title: string, results: readonly CaseResult[]): readonly string[] =>
  results.length === 0
    ? []
    : [
        `## ${title}`,
        ...results.flatMap(({ case: one, reason = "" }) => [`### ${inline(one.id)}`, block(reason)]),
      ];

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (texts: readonly string[]) => `| ${texts.join(" | ")} |`;
  return [row(head), row(head.map(() => "---")), ...rows.map((texts) => row(texts.map(inline)))].join("\n");
}

/**
 * Escapes text for one line, inside or outside of a table: only code spans keep their meaning. Even in them, a pipe
 * would end a cell.
 */
function inline(text: string): string {
  return codeSpans(oneLine(text))
    .map((part, i) =>
      i % 2 === 1 ? `\`${part.replaceAll("|", "\\|")}\`` : part.replace(/[\\`*_[\]<>|&~#]/g, "\\$&"),
    )
    .join("");
}

/** Fences a text, with a fence longer than any in it. */
function block(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${printable(text)}\n${fence}`;
}
