import { readListing, readMatches, readPage, readPaths } from "./answers.js";
import type { Step } from "./watch.js";

/** True to print colors: only on a terminal, and not if NO_COLOR is set (https://no-color.org). */
const colored = process.stdout.isTTY && !process.env.NO_COLOR;
const style = (code: number) => (text: string) => (colored ? `\u001b[${code}m${text}\u001b[0m` : text);

export const bold = style(1);
export const dim = style(2);
export const green = style(32);
const red = style(31);
const cyan = style(36);

const WIDTH = 96;

export function bytes(size: number): string {
  if (size < 1_000) return `${size} B`;
  return size < 1_000_000 ? `${(size / 1_000).toFixed(1)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
}

export function duration(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(1)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** Formats a time as local time, such as `2026-11-22 12:30:00`. */
export function time(iso: string | undefined): string {
  return iso === undefined ? "" : new Date(iso).toLocaleString("sv-SE");
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

export function title(text: string): void {
  console.log(`\n${bold(text)}\n`);
}

export function printStep(number: number, { said, tool, args, answer, ms }: Step): void {
  const call = `${cyan(tool)} ${clip(shortArguments(tool, args), WIDTH - tool.length)}`;
  if (said) console.log(`${String(number).padStart(3)}  ${clip(said)}`);
  console.log(`${said ? "     " : `${String(number).padStart(3)}  `}${call}`);
  console.log(`     ${dim("→")} ${clip(shortAnswer(tool, answer))} ${dim(`(${duration(ms)})`)}`);
}

/** Prints the error of a failed command, and sets exit code 1. */
export function printFailure(error: unknown): void {
  console.error(`\n${red("✗")} ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

function shortArguments(tool: string, args: Record<string, unknown>): string {
  const { path, file_path: file = path, pattern, glob, offset, limit, content } = args;
  const { old_string: before, new_string: after } = args;
  switch (tool) {
    case "glob":
      return `${pattern} in ${path ?? "/"}`;
    case "grep":
      return `"${pattern}" in ${path ?? "/"}${glob ? `, ${glob}` : ""}`;
    case "read_file":
      return `${file}${offset ? ` from line ${Number(offset) + 1}` : ""}${limit ? `, ${limit} lines` : ""}`;
    case "write_file":
      return `${file}, ${bytes(Buffer.byteLength(String(content)))}`;
    case "edit_file":
      return `${file}: "${before}" → "${after}"`;
    case "ls":
    case "delete":
      return String(file ?? "/");
    default:
      return JSON.stringify(args);
  }
}

function shortAnswer(tool: string, answer: string): string {
  if (/^(Error|No )/.test(answer)) return answer;
  if (tool === "ls") {
    const names = readListing(answer).map(({ path }) => path.replace(/^.*\/(?=.)/, ""));
    return `${count(names.length, "entry", "entries")}: ${names.join(", ")}`;
  }
  if (tool === "glob") {
    const paths = readPaths(answer);
    return `${count(paths.length, "file")}, the first ${paths[0]}`;
  }
  if (tool === "grep") {
    const [first, ...rest] = readMatches(answer);
    if (first) return `${count(rest.length + 1, "line")}, the first ${first.path}:${first.line}`;
  }
  const page = tool === "read_file" ? readPage(answer) : undefined;
  if (page) {
    const more = page.next === undefined ? "the end" : `next offset ${page.next}`;
    return `lines ${page.start}-${page.end} of ${page.total}, ${more}`;
  }
  return answer;
}

/** Returns the first line, truncated to the width. */
function clip(text: string, width = WIDTH): string {
  const line = text.trim().split("\n")[0] ?? "";
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}
