import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Result } from "../framework/measurement.js";
import { page, readmeTable } from "./page.js";
import { agentsPlot, growthPlot, peersPlot } from "./plots.js";
import { reportOf } from "./report.js";

const root = new URL("../../../", import.meta.url);
const fileOf = (path: string) => fileURLToPath(new URL(path, root));

/** Rounds numbers in JSON to four digits. */
const rounded = (_: string, value: unknown) =>
  typeof value === "number" ? Number(value.toPrecision(4)) : value;

/** Marks of the README's table. */
const [BEGIN, END] = ["<!-- performance: written by `npm run bench` -->", "<!-- /performance -->"];

/** Writes the documentation's page with its data and plots, and the table of the README. */
export async function writeReport(results: readonly Result[]): Promise<void> {
  const report = reportOf(results);
  await mkdir(fileOf("docs/images"), { recursive: true });
  const files: Record<string, string> = {
    "docs/performance.json": `${JSON.stringify(report, rounded)}\n`,
    "docs/performance.md": page(report),
    "docs/images/performance-growth.svg": growthPlot(results),
    "docs/images/performance-agents.svg": agentsPlot(results),
    "docs/images/performance-postgres.svg": peersPlot(results, "postgres"),
    "docs/images/performance-s3.svg": peersPlot(results, "s3-10ms"),
  };
  const readme = await readFile(fileOf("README.md"), "utf8");
  const [before, after] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (before >= 0 && after > before) {
    files["README.md"] =
      `${readme.slice(0, before + BEGIN.length)}\n${readmeTable(report)}\n${readme.slice(after)}`;
  }
  for (const [path, content] of Object.entries(files)) await writeFile(fileOf(path), content);
}
