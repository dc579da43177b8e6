import { formatLevelResult } from "../assess-level.js";
import type { CaseResult } from "../case-result.js";
import { EDITION } from "../editions.js";
import { SOURCES } from "../explain.js";
import { COUNTED, type ConformanceReport, counts } from "../report.js";
import { COLUMNS, cells, codeSpans, type FamilyResults, families, oneLine, printable } from "./shared.js";
import { STYLE } from "./style.js";

/**
 * Formats a report as a self-contained HTML page without scripts: level and counts, failures, then the cases by family.
 */
export function toHtml(report: ConformanceReport): string {
  const { name, levelResult, failed, warnings, knownFailures } = report;
  const title = `Conformance of ${escaped(name)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}: ${escaped(counts(report))}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>Suite of @deepagents-remote/core, edition ${EDITION}${levelResult ? `; ${escaped(formatLevelResult(levelResult))}` : ""}.</p>
<dl>
${COUNTED.map(([key, words]) => `<div class="${key}"><dt>${words}</dt><dd>${report[key].length}</dd></div>`).join("\n")}
</dl>
${failures("Failed", failed)}${failures("Newer than the edition asked for", warnings)}${failures("Known to fail", knownFailures)}<h2>Cases</h2>
${families(report).map(family).join("\n")}
<p>Sources: ${Object.entries(SOURCES)
    .map(([source, words]) => escaped(`${source}, ${words}`))
    .join("; ")}.</p>
</main>
</body>
</html>
`;
}

const failures = (title: string, results: readonly CaseResult[]): string =>
  results.length === 0
    ? ""
    : `<section>
<h2>${title}</h2>
${results.map(failure).join("\n")}
</section>
`;

const failure = ({ case: one, reason = "" }: CaseResult): string => `<details open>
<summary><code>${escaped(oneLine(one.id))}</code></summary>
<p>${rich(one.rule)}</p>
<pre>${escaped(printable(reason))}</pre>
</details>`;

function family({ name, results }: FamilyResults): string {
  const passed = results.filter(({ status }) => status === "passed").length;
  const failed = results.filter(({ status }) => status === "failed").length;
  return `<details>
<summary>${escaped(oneLine(name))} <small>${passed} passed, ${failed} failed, ${results.length} in all</small></summary>
<table>
<thead><tr>${COLUMNS.map((column) => `<th scope="col">${column}</th>`).join("")}</tr></thead>
<tbody>
${results.map(row).join("\n")}
</tbody>
</table>
</details>`;
}

function row(result: CaseResult): string {
  const [id = "", ...rest] = cells(result);
  const data = rest.map((text) => `<td>${rich(text)}</td>`).join("");
  return `<tr class="${result.status}"><th scope="row"><code>${escaped(oneLine(id))}</code></th>${data}</tr>`;
}

/** Formats text with its code spans. */
const rich = (text: string): string =>
  codeSpans(oneLine(text))
    .map((part, i) => (i % 2 === 1 ? `<code>${escaped(part)}</code>` : escaped(part)))
    .join("");

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => ENTITIES[c]!);
