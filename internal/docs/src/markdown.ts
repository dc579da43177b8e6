/** A Markdown table; what is in the cells may hold anything. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map((row) => line(row.map(cell)))].join("\n");
}

/** Text as a cell: on one line, pipes escaped, inside of code too. */
const cell = (text: string): string => visible(text).replaceAll("|", "\\|");

/** Characters that no reader sees, or that would end the line. */
const visible = (text: string): string =>
  text.replace(
    /[\u0000-\u001f\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** Said at the top of every page. */
export const GENERATED = "<!-- Written by `npm run docs`. -->";
