import type { Script } from "../model/scripted-model.js";
import { type Match, readListing, readMatches, readPage, readPaths } from "./answers.js";
import {
  differs,
  expectedListing,
  expectedMatches,
  expectedPaths,
  linesOf,
  startsNot,
} from "./expectations.js";
import { EDITED, WROTE } from "./file-tools.js";
import { DRAFT, FINAL, type Findings, REPORTS, renderReport, reportNumber, reportPath } from "./report.js";
import { type Sources, WORKSPACE } from "./sources.js";

const CODE = `${WORKSPACE}/packages`;
const PATTERN = "export class ";
const FIRST_PAGE = 20;
const PAGE = 100;

/** Script of the model for the task. Its steps depend on the tool results only; `sources` is used to check them. */
export function* scenario(sources: Sources, scratch: string): Script {
  yield {
    say: "What is in the workspace?",
    tool: "ls",
    args: { path: WORKSPACE },
    wrong: (answer) => differs(readListing(answer), expectedListing(sources, WORKSPACE)),
  };

  const found = yield {
    say: "How much TypeScript is that?",
    tool: "glob",
    args: { pattern: "**/*.ts", path: WORKSPACE },
    wrong: (answer) => differs(readPaths(answer), expectedPaths(sources, ".ts")),
  };

  const hits = yield {
    say: "Which classes do the packages export?",
    tool: "grep",
    args: { pattern: PATTERN, path: CODE, glob: "*.ts" },
    wrong: (answer) => differs(readMatches(answer), expectedMatches(sources, PATTERN, CODE, ".ts")),
  };
  const classes = readMatches(hits);

  const read = yield* readFirst(sources, classes);

  const notes = [read.path, ...read.pages].join("\n");
  yield {
    say: "I keep a note of the pages while I write.",
    tool: "write_file",
    args: { file_path: scratch, content: notes },
    wrong: (answer) => startsNot(answer, WROTE),
  };

  const reports = yield {
    say: "Are there reports of earlier runs?",
    tool: "ls",
    args: { path: REPORTS },
    wrong: (answer) => startsNot(answer, `${REPORTS}/`, `No files found in ${REPORTS}`),
  };
  const earlier = readListing(reports);

  const findings = { number: 0, modules: readPaths(found), classes, read, earlier };
  const path = yield* writeReport(findings);
  const draft = renderReport({ ...findings, number: reportNumber(path) });

  yield {
    say: "A report that exists must be safe from me, too: this has to be refused.",
    tool: "write_file",
    args: { file_path: path, content: "Gone." },
    wrong: (answer) => startsNot(answer, `Error: File '${path}' already exists`),
  };

  yield {
    say: "The report is complete.",
    tool: "edit_file",
    args: { file_path: path, old_string: DRAFT, new_string: FINAL },
    wrong: (answer) => startsNot(answer, `${EDITED}1 occurrence(s) in '${path}'`),
  };

  yield {
    say: "The note has served.",
    tool: "delete",
    args: { file_path: scratch },
    wrong: (answer) => startsNot(answer, `Deleted ${scratch}`),
  };

  yield {
    say: "It must be gone now: this has to fail.",
    tool: "read_file",
    args: { file_path: scratch },
    wrong: (answer) => startsNot(answer, `Error: File '${scratch}' not found`),
  };

  const final = draft.replace(DRAFT, FINAL).trimEnd().split("\n");
  yield {
    say: "And the report, as it is in the database?",
    tool: "read_file",
    args: { file_path: path, limit: final.length + 1 },
    wrong: (answer) => differs(readPage(answer)?.lines ?? [answer], final),
  };

  return (
    `The report is ${path}: ${findings.modules.length} TypeScript files, ${classes.length} exported classes, ` +
    `and ${read.lines.length} lines of ${read.path} read.`
  );
}

/** Reads the first file that was found, page by page. Continues with the next file if one page was enough. */
function* readFirst(sources: Sources, classes: Match[]): Generator<Step, Findings["read"], string> {
  let read: Findings["read"] | undefined;
  for (const path of new Set(classes.map((match) => match.path))) {
    read = yield* readWhole(sources, path);
    if (read.pages.length > 1) break;
  }
  if (!read) throw new Error(`No file in ${CODE} has "${PATTERN}".`);
  return read;
}

type Step = Script extends Generator<infer T> ? T : never;

function* readWhole(sources: Sources, path: string): Generator<Step, Findings["read"], string> {
  const read: Findings["read"] = { path, pages: [], lines: [] };
  for (let offset: number | undefined = 0; offset !== undefined; ) {
    const from: number = offset;
    const answer: string = yield {
      say: from === 0 ? "I read the first file it found." : `It goes on at ${from}.`,
      tool: "read_file",
      args: { file_path: path, offset: from, limit: from === 0 ? FIRST_PAGE : PAGE },
      wrong: (text) => wrongPage(text, from, linesOf(sources, path)),
    };
    const page = readPage(answer);
    read.pages.push(`${page?.start}-${page?.end}`);
    read.lines.push(...(page?.lines ?? []));
    offset = page?.next;
  }
  return read;
}

function wrongPage(answer: string, offset: number, whole: string[]): string | undefined {
  const page = readPage(answer);
  if (!page) return startsNot(answer, `@@ lines ${offset + 1}-`);
  const { start, end, total, next } = page;
  if (start !== offset + 1 || total !== whole.length || next !== (end < total ? end : undefined)) {
    return `lines ${start}-${end} of ${total}, to be continued at ${next}; the file has ${whole.length} lines`;
  }
  return differs(page.lines, whole.slice(offset, end));
}

/** Writes the report under the next free number. `write_file` never replaces, so a concurrent run may have taken it. */
function* writeReport(findings: Findings): Generator<Step, string, string> {
  let number = Math.max(0, ...findings.earlier.map((each) => reportNumber(each.path))) + 1;
  for (; ; number++) {
    const path = reportPath(number);
    const answer = yield {
      say: "This is what I found.",
      tool: "write_file",
      args: { file_path: path, content: renderReport({ ...findings, number }) },
      wrong: (text) => startsNot(text, WROTE, `Error: File '${path}' already exists`),
    };
    if (answer.startsWith(WROTE)) return path;
  }
}
