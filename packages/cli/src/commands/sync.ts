import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { directory } from "../files/walk.js";
import { type Command, type Context, DRY_RUN } from "../support/command.js";
import { CommandError, EXIT, explain } from "../support/exit.js";
import { printableName } from "../support/printable.js";
import { IGNORE_FILE } from "../sync/ignored.js";
import { runSync, type SyncedFile } from "../sync/run.js";

export const sync: Command = {
  name: "sync",
  summary: "Synchronize a local folder with a workspace, in both directions",
  endsSteps: true,
  operands: ["<folder>", "[path]"],
  options: [
    ["--watch", "go on: compare again after each interval"],
    ["--interval <seconds>", "interval of --watch (default 2)"],
    ["--ignore <pattern...>", "leave such files alone, as patterns of .gitignore"],
    ["-f, --force", "delete everything on one side if the other has become empty"],
    DRY_RUN,
  ],
  notes: `A file that both sides changed keeps the workspace's content; the local content is kept beside it as name.conflict-<hash>, on both sides. A change wins over a deletion. ${IGNORE_FILE} in the folder has patterns of files to leave alone.`,
  examples: [
    "sync @prod ./workspace",
    "sync --dry-run @prod ./reports /reports",
    "sync --watch @prod ./workspace",
  ],
  async run(context) {
    const { io, operands, options, open } = context;
    const seconds = Number(options.interval ?? 2);
    if (!(seconds > 0)) throw new CommandError("usage", "--interval takes a number of seconds above 0.");
    const { backend, label } = await open({ writes: !options.dryRun, guarded: true });
    const run = () =>
      runSync({
        backend,
        root: directory(operands[1] ?? "/"),
        folder: resolve(io.cwd, operands[0]!),
        workspace: label,
        ignore: (options.ignore as string[] | undefined) ?? [],
        dryRun: options.dryRun === true,
        force: options.force === true,
        signal: io.signal,
        progress: (file) => report(context, file),
      });
    if (!options.watch) return ended(context, await run());
    for (;;) {
      // An outage ends; wrong usage does not.
      await run().catch((error) => {
        if (io.signal.aborted || explain(error).exit !== EXIT.storage) throw error;
        context.output.note(explain(error).message);
      });
      await sleep(seconds * 1_000, undefined, { signal: io.signal });
    }
  },
};

function report({ output }: Context, { path, kind, outcome, keptAs, error }: SyncedFile): void {
  const color = kind === "conflict" || outcome !== "done" ? output.colors.yellow : output.colors.green;
  const kept = keptAs === undefined ? "" : `, the local content is kept as ${printableName(keptAs)}`;
  const problem = {
    done: "",
    planned: "",
    changed: ": changed meanwhile, left to the next run",
    failed: `: ${error}`,
  };
  output.line(`${color(kind.padEnd(13))} ${printableName(path)}${kept}${printableName(problem[outcome])}`);
}

function ended({ output, options }: Context, files: readonly SyncedFile[]): number {
  const conflicts = files.filter(({ kind }) => kind === "conflict").length;
  const left = files.filter(({ outcome }) => outcome === "failed" || outcome === "changed").length;
  output.result(
    { files, conflicts, left, dryRun: options.dryRun === true },
    () =>
      `${files.length - left} ${options.dryRun ? "to synchronize" : "synchronized"}, ${conflicts} conflicts, ${left} left\n`,
  );
  return conflicts + left > 0 ? EXIT.negative : EXIT.ok;
}
