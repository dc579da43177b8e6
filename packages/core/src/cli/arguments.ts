import { extname } from "node:path";
import { parseArgs } from "node:util";
import { LEVELS, type Level, type ModelOptions } from "../conformance/index.js";
import { UsageError } from "./io.js";
import { RENDERERS } from "./report-files.js";
import { SYNOPSIS } from "./usage.js";

/** Selection of cases. */
export interface Selection {
  readonly filters: readonly string[];
  readonly level?: Level;
}

/** Options that override those of the module. */
interface Overrides {
  readonly timeoutMs?: number;
  readonly scale?: number;
  readonly edition?: string;
  readonly model?: ModelOptions;
}

/** Parsed command line. */
export type Request =
  | { readonly command: "help" | "version" }
  | { readonly command: "list"; readonly selection: Selection; readonly json: boolean }
  | {
      readonly command: "run";
      readonly module: string;
      readonly selection: Selection;
      readonly output: "text" | "json" | "tap";
      readonly reports: readonly string[];
      readonly overrides: Overrides;
    };

const OPTIONS = {
  filter: { type: "string", multiple: true },
  level: { type: "string" },
  edition: { type: "string" },
  list: { type: "boolean" },
  timeout: { type: "string" },
  scale: { type: "string" },
  runs: { type: "string" },
  steps: { type: "string" },
  seed: { type: "string" },
  path: { type: "string" },
  json: { type: "boolean" },
  tap: { type: "boolean" },
  report: { type: "string", multiple: true },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const;

/**
 * Parses the command-line arguments.
 * @throws UsageError for invalid arguments, with the synopsis.
 */
export function readArguments(args: readonly string[]): Request {
  try {
    return read(args);
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${SYNOPSIS}\n       deepagents-remote --help`);
  }
}

function read(args: readonly string[]): Request {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  if (values.help) return { command: "help" };
  if (values.version) return { command: "version" };
  const [command, module, ...rest] = positionals;
  if (command !== "conformance") {
    throw new Error(command === undefined ? "A command is missing." : `There is no command ${command}.`);
  }
  if (rest.length > 0) throw new Error(`Give one module at a time, without ${rest.join(", ")}.`);
  if (values.json && values.tap) throw new Error("--json and --tap cannot be combined.");
  const { filter: filters = [], list = false, json = false, tap = false, report: reports = [] } = values;
  const selection = { filters, ...(values.level !== undefined && { level: levelNamed(values.level) }) };
  if (list) {
    if (tap || reports.length > 0) throw new Error("--list runs no cases, so only --json can go with it.");
    return { command: "list", selection, json };
  }
  if (module === undefined) throw new Error("The module is missing.");
  for (const file of reports) checkReport(file);
  const output = json ? "json" : tap ? "tap" : "text";
  return { command: "run", module, selection, output, reports, overrides: overridesOf(values) };
}

function overridesOf(values: Readonly<Record<string, unknown>>): Overrides {
  const number = (flag: string, accepts: (value: number) => boolean, words: string) => {
    const text = values[flag] as string | undefined;
    if (text === undefined) return undefined;
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!accepts(value)) throw new Error(`--${flag} takes ${words}, not ${JSON.stringify(text)}.`);
    return value;
  };
  const count = (flag: string) =>
    number(flag, (value) => Number.isSafeInteger(value) && value > 0, "a whole number above 0");
  return defined({
    timeoutMs: count("timeout"),
    scale: number("scale", (value) => Number.isFinite(value) && value > 0, "a number above 0"),
    edition: values.edition as string | undefined,
    model: defined({
      runs: count("runs"),
      steps: count("steps"),
      seed: number("seed", Number.isSafeInteger, "a whole number"),
      path: values.path as string | undefined,
    }),
  });
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Drops the properties that are `undefined`. */
const defined = <T extends object>(values: T): Defined<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;

function levelNamed(name: string): Level {
  if (Object.hasOwn(LEVELS, name)) return name as Level;
  throw new Error(`There is no level ${name}. The levels are ${Object.keys(LEVELS).join(", ")}.`);
}

function checkReport(file: string): void {
  if (Object.hasOwn(RENDERERS, extname(file))) return;
  throw new Error(`--report takes a file with one of ${Object.keys(RENDERERS).join(", ")}, not ${file}.`);
}
