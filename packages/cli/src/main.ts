import { createRequire } from "node:module";
import { CommanderError, Command as Program } from "commander";
import { NAME } from "./commands/completion.js";
import { COMMANDS } from "./commands/index.js";
import type { Command } from "./support/command.js";
import { EXIT, explain } from "./support/exit.js";
import type { Io } from "./support/io.js";
import { Output } from "./support/output.js";
import { isWorkspace } from "./workspace/argument.js";
import { type OpenMode, openWorkspace, type Workspace } from "./workspace/open.js";

const HELP = `
Workspaces:
  postgres://user@host/database?table=...&history=true   password: PGPASSWORD or --password
  s3://bucket/prefix?endpoint=http://...                 credentials: AWS_* and profiles
  ./module.mjs                                           exports any backend of Deep Agents
  @name                                                  of deepagents-remote.config.mjs
  left out: DEEPAGENTS_WORKSPACE, or the default of the configuration

Exit codes:
  0 done    1 differences, no match, or a part failed    2 wrong usage    3 not found
  4 exists or was changed    5 the storage failed    130 interrupted
`;

/**
 * Runs the command line.
 * @param args Arguments after the program's name.
 * @returns The exit code.
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.ok;
  const program = new Program(NAME)
    .description("Look at, change, synchronize and undo the files of Deep Agents")
    .version(version())
    .addHelpText("after", HELP)
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns || 100,
    });
  for (const command of COMMANDS) {
    add(program, command, async (operands, options) => {
      code = await run(command, operands, options, io);
    });
  }
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    // It has been reported. Help that was asked for is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    throw error;
  }
}

type Action = (operands: readonly string[], options: Readonly<Record<string, unknown>>) => Promise<void>;

function add(program: Program, command: Command, action: Action): void {
  const operands = command.noWorkspace ? command.operands : ["[workspace]", ...command.operands];
  const added = program
    .command(command.name)
    .description(command.summary)
    .usage(`[options] ${operands.join(" ")}`)
    // Whether the first operand is a workspace is known only later.
    .argument("[operands...]")
    .configureHelp({ visibleArguments: () => [] })
    .addHelpText("after", footer(command));
  if (command.passThrough) {
    added.allowUnknownOption().passThroughOptions().helpOption(false);
  } else {
    for (const [flags, description] of command.options ?? []) addOption(added, flags, description);
    added.option("--json", "one JSON document on standard output");
    if (command.name !== "schema" && command.name !== "completion") {
      added.option("-w, --workspace <workspace>", "workspace, instead of the first operand");
      addOption(added, "-N, --namespace <component...>", "namespace in the workspace");
      added.option("--password", "ask for the password of the database");
    }
  }
  added.action((given: string[], options) => action(given, options));
}

/** Adds an option. One that ends in `...>` may be repeated; it takes one value at a time, so that operands can follow. */
function addOption(program: Program, flags: string, description: string): void {
  if (!flags.endsWith("...>")) {
    program.option(flags, description);
    return;
  }
  const collect = (value: string, values: string[] | undefined) => [...(values ?? []), value];
  program.option(flags.replace("...>", ">"), `${description}; may be repeated`, collect);
}

const footer = ({ notes, examples }: Command): string =>
  `${notes === undefined ? "" : `\n${notes}\n`}\nExamples:\n${examples.map((line) => `  ${line.includes("|") && !line.startsWith("find") ? line : `${NAME} ${line}`}\n`).join("")}`;

async function run(
  command: Command,
  given: readonly string[],
  options: Readonly<Record<string, unknown>>,
  io: Io,
): Promise<number> {
  const output = new Output(io, options.json === true);
  const opened: Workspace[] = [];
  const openOther = async (argument: string | undefined, mode: OpenMode = {}) => {
    const workspace = await openWorkspace(argument, io, {
      ...mode,
      namespace: (options.namespace as string[] | undefined) ?? [],
      password: options.password === true,
    });
    opened.push(workspace);
    return workspace;
  };
  const named = options.workspace as string | undefined;
  const takesFirst =
    !command.noWorkspace && named === undefined && given[0] !== undefined && isWorkspace(given[0]);
  const operands = takesFirst ? given.slice(1) : given;
  try {
    const problem = misfit(command, operands);
    if (problem) {
      io.stderr.write(`${problem}\nSee ${NAME} ${command.name} --help\n`);
      return EXIT.usage;
    }
    const workspace = takesFirst ? given[0] : named;
    const open = (mode?: OpenMode) => openOther(workspace, mode);
    const running = command.run({ io, output, operands, options, open, openOther });
    return (
      (await (command.endsSteps ? running : Promise.race([running, interruption(io.signal)]))) ?? EXIT.ok
    );
  } catch (error) {
    if (io.signal.aborted) {
      output.note("Interrupted.");
      return EXIT.interrupted;
    }
    const { message, exit } = explain(error);
    output.note(message);
    return exit;
  } finally {
    // After an interruption the operation under way is not awaited.
    if (!io.signal.aborted) await Promise.all(opened.map((workspace) => workspace.close()));
  }
}

/** Rejects when the command is interrupted. */
const interruption = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });

/** Says what is wrong with the number of operands, if anything. */
function misfit({ operands: wanted }: Command, operands: readonly string[]): string | undefined {
  const required = wanted.filter((each) => each.startsWith("<")).length;
  const isOpen = wanted.some((each) => each.includes("..."));
  if (operands.length < required) return `${wanted[operands.length]} is missing.`;
  if (isOpen || operands.length <= wanted.length) return undefined;
  return `There are too many operands: ${operands.slice(wanted.length).join(" ")}`;
}

function version(): string {
  return createRequire(import.meta.url)("../package.json").version;
}
