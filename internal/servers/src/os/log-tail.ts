import { readFileSync } from "node:fs";

/** The last lines of a server's log, indented for an error message. */
export function logTail(path: string, lines = 15): string {
  try {
    const all = readFileSync(path, "utf8").trimEnd().split("\n");
    return all
      .slice(-lines)
      .map((line) => `  ${line}`)
      .join("\n");
  } catch {
    return "  (it wrote no log)";
  }
}
