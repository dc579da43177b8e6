import type { OpenMode, Workspace } from "../workspace/open.js";
import type { Io } from "./io.js";
import type { Output } from "./output.js";

/** Values of a command's options by their names in camel case. */
type Options = Readonly<Record<string, unknown>>;

/** What a command works with. */
export interface Context {
  readonly io: Io;
  readonly output: Output;
  /** Operands without the workspace. */
  readonly operands: readonly string[];
  readonly options: Options;
  /** Opens the workspace of the command line, or the default one. It is closed after the command. */
  open(mode?: OpenMode): Promise<Workspace>;
  /** Opens another workspace that an operand names. */
  openOther(argument: string, mode?: OpenMode): Promise<Workspace>;
}

/** One command. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Operands after the workspace, as in the usage: `<path>`, `[path]` or `[path...]`. */
  readonly operands: readonly string[];
  /** True if no workspace comes before the operands. Default `false`. */
  readonly noWorkspace?: boolean;
  /** Flags and descriptions of options, as commander takes them. */
  readonly options?: readonly (readonly [flags: string, description: string])[];
  /** Sentences below the summary. */
  readonly notes?: string;
  /** True if unknown options are operands. Default `false`. */
  readonly passThrough?: boolean;
  /** True if an interruption is awaited until the step under way has ended. Default `false`: it ends at once. */
  readonly endsSteps?: boolean;
  /** Command lines without the program's name. */
  readonly examples: readonly string[];
  /** Returns the exit code; `undefined` is 0. */
  run(context: Context): Promise<number | undefined>;
}

/** Options that several commands share. */
export const DRY_RUN = ["-n, --dry-run", "only report what would be changed"] as const;
export const RECURSIVE = ["-r, --recursive", "a directory with everything below it"] as const;
export const FORCE = ["-f, --force", "replace files that exist"] as const;
export const AT = ["--at <point>", "as it was at a point in time: see at --help"] as const;
