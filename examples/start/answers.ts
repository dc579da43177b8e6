/** Parsers for the results of deepagents' file tools. */

export interface Listed {
  /** Path; that of a directory ends in `/`. */
  path: string;
  /** Size of a file in bytes. */
  size?: number;
}

export function readListing(answer: string): Listed[] {
  return lines(answer).map((line) => {
    const [, path = line, kind] = /^(.*) \((directory|\d+ bytes)\)$/s.exec(line) ?? [];
    if (kind === "directory") return { path };
    return { path, size: Number.parseInt(kind ?? "0", 10) };
  });
}

export function readPaths(answer: string): string[] {
  return lines(answer);
}

export interface Match {
  path: string;
  line: number;
  text: string;
}

export function readMatches(answer: string): Match[] {
  const matches: Match[] = [];
  let path = "";
  for (const each of lines(answer)) {
    const [, line, text] = /^ {2}(\d+): (.*)$/s.exec(each) ?? [];
    if (line === undefined) path = each.replace(/:$/, "");
    else matches.push({ path, line: Number(line), text: text ?? "" });
  }
  return matches;
}

/** Lines `start` to `end` of a file's `total`, counted from 1. */
export interface Page {
  start: number;
  end: number;
  total: number;
  /** Offset of the next page; absent at the end of the file. */
  next?: number;
  lines: string[];
}

export function readPage(answer: string): Page | undefined {
  const header = /^@@ lines (\d+)-(\d+) of (\d+)(?: \| next offset (\d+))?.* @@\n?/m.exec(answer);
  if (!header) return undefined;
  const [start, end, total] = [Number(header[1]), Number(header[2]), Number(header[3])];
  const body = answer.slice(header.index + header[0].length).split("\n");
  // The tool does not show a blank last line of a page, but its header counts it.
  while (body.length < end - start + 1) body.push("");
  return { start, end, total, ...(header[4] && { next: Number(header[4]) }), lines: body };
}

function lines(answer: string): string[] {
  return /^No (files|matches) found/.test(answer) ? [] : answer.split("\n");
}
