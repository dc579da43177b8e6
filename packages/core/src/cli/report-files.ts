import { mkdir, writeFile } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { type ConformanceReport, toHtml, toJson, toMarkdown } from "../conformance/index.js";
import { UsageError } from "./io.js";

/** Report formats by file extension. */
export const RENDERERS: Readonly<Record<string, (report: ConformanceReport) => string>> = {
  ".html": toHtml,
  ".md": toMarkdown,
  ".json": toJson,
};

/**
 * Writes a report to files, creating their directories.
 * @throws UsageError if a file cannot be written.
 */
export async function writeReports(
  report: ConformanceReport,
  files: readonly string[],
  cwd: string,
): Promise<void> {
  for (const file of files) {
    const fileName = resolve(cwd, file);
    try {
      await mkdir(dirname(fileName), { recursive: true });
      await writeFile(fileName, RENDERERS[extname(file)]!(report));
    } catch (error) {
      throw new UsageError(`The report ${file} cannot be written: ${(error as Error).message}`);
    }
  }
}
