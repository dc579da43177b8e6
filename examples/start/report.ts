import type { Listed, Match } from "./answers.js";
import { WORKSPACE } from "./sources.js";

export const REPORTS = "/reports";
export const DRAFT = "Status: draft";
export const FINAL = "Status: final";

/** Maximum number of earlier reports to list. */
const NAMED = 5;

/** Findings of the agent, from the tool results. */
export interface Findings {
  number: number;
  modules: string[];
  classes: Match[];
  /** File that was read completely. */
  read: { path: string; pages: string[]; lines: string[] };
  earlier: Listed[];
}

export const reportPath = (number: number) => `${REPORTS}/run-${String(number).padStart(3, "0")}.md`;

export const reportNumber = (path: string) => Number(/run-(\d+)\.md$/.exec(path)?.[1] ?? 0);

export function renderReport({ number, modules, classes, read, earlier }: Findings): string {
  const longest = Math.max(...read.lines.map((line) => line.length));
  return `# Run ${number}: what is in this repository

${DRAFT}

| Where | TypeScript files |
| --- | ---: |
${[...countByPackage(modules)].map(([where, count]) => `| ${where} | ${count} |`).join("\n")}
| together | ${modules.length} |

## ${classes.length} exported classes

${classes.map(({ path, line, text }) => `- ${className(text)}, ${short(path)}:${line}`).join("\n")}

## Read from the first line to the last: ${short(read.path)}

${read.lines.length} lines in ${read.pages.length} pages (${read.pages.join(", ")}); the longest has ${longest} characters.

## Earlier reports

${earlierReports(earlier)}
`;
}

/** Counts paths by package: `packages/core`, `internal/servers`, `examples`. */
function countByPackage(paths: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const [top = "", second = ""] = short(path).split("/");
    const where = /^(packages|internal)$/.test(top) ? `${top}/${second}` : top;
    counts.set(where, (counts.get(where) ?? 0) + 1);
  }
  return counts;
}

function earlierReports(earlier: Listed[]): string {
  if (earlier.length === 0) return "None: this is the first.";
  const newest = earlier.slice(-NAMED).map(({ path, size }) => `- ${path}, ${size} bytes`);
  return [`${earlier.length}; the newest:`, "", ...newest].join("\n");
}

const short = (path: string) => path.slice(WORKSPACE.length + 1);

const className = (text: string) => /class (\w+)/.exec(text)?.[1] ?? text.trim();
