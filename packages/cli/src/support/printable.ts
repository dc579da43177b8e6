import type { FileInfo } from "@deepagents-remote/core";

/** Characters that a terminal may act upon: controls but newline and tab, and overrides of the writing direction. */
const ACTIVE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Shows characters that control a terminal as escapes. Agents choose names and contents, so that both may try to rewrite
 * the screen or set the clipboard.
 */
export const printable = (text: string): string =>
  text.replace(ACTIVE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Returns a name on one line. */
export const printableName = (name: string): string =>
  printable(name).replaceAll("\n", "\\n").replaceAll("\t", "\\t");

const UNITS = ["B", "K", "M", "G", "T"];

/** Formats a number of bytes in powers of 1,024, such as `1.5K`. */
export function bytes(size: number | undefined): string {
  if (size === undefined) return "-";
  let unit = 0;
  let value = size;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 ? `${value}B` : `${value < 10 ? value.toFixed(1) : Math.round(value)}${UNITS[unit]}`;
}

/** Formats the size of a file; one that includes the form of storage, because only that is known, begins with `~`. */
export const sizeOf = ({ size, stored_size }: Pick<FileInfo, "size" | "stored_size">): string =>
  size === undefined && stored_size !== undefined ? `~${bytes(stored_size)}` : bytes(size);

/** Formats a time of a backend in seconds, in UTC. */
export const time = (iso: string | undefined): string =>
  iso === undefined ? "-" : iso.slice(0, 19).replace("T", " ");

/** Aligns columns with spaces; the last one is left as it is. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => {
          if (i === row.length - 1) return cell;
          return right.includes(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!);
        })
        .join("  "),
    )
    .map((line) => `${line}\n`)
    .join("");
}
