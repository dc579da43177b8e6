import { type CopiedFile, copyFiles } from "@deepagents-remote/core";
import { fetchFile, fetchIfThere } from "../files/transfer.js";
import { absolute, filesAt } from "../files/walk.js";
import { type Command, type Context, DRY_RUN, FORCE } from "../support/command.js";
import { EXIT } from "../support/exit.js";
import { printableName } from "../support/printable.js";

export const copy: Command = {
  name: "copy",
  summary: "Copy files from one workspace to another, and verify each",
  endsSteps: true,
  operands: ["<from>", "<to>", "[path]"],
  noWorkspace: true,
  options: [FORCE, DRY_RUN],
  notes:
    "An interrupted copy is completed by running it again: files that are there already are left as they are.",
  examples: ["copy s3://bucket/agents @prod", "copy @prod ./backup.mjs /reports --dry-run"],
  async run(context) {
    const [source = "", target = "", path = "/"] = context.operands;
    const from = await context.openOther(source);
    const to = await context.openOther(target, { writes: !context.options.dryRun });
    if (context.options.dryRun) return planCopy(context, from.backend, to.backend, absolute(path));
    return copyAll(context, from.backend, to.backend, absolute(path));
  },
};

type Backend = Parameters<typeof copyFiles>[0];

/** Copies with progress, and reports the outcomes. */
export async function copyAll(
  { io, output, options }: Pick<Context, "io" | "output" | "options">,
  from: Backend,
  to: Backend,
  path: string,
): Promise<number> {
  const counts = { copied: 0, same: 0, failed: 0 };
  const report = (file: CopiedFile) => {
    counts[file.outcome] += 1;
    if (file.outcome === "failed") output.note(`failed ${printableName(`${file.path}: ${file.error}`)}`);
    output.progress(`${summary(counts)}  ${printableName(file.path)}`);
  };
  const overwrite = options.force === true;
  const files = await copyFiles(from, to, { path, overwrite, progress: report, signal: io.signal });
  output.result({ ...counts, files }, () => `${summary(counts)}\n`);
  return counts.failed > 0 ? EXIT.negative : EXIT.ok;
}

const summary = (counts: Readonly<Record<CopiedFile["outcome"], number>>): string =>
  `${counts.copied} copied, ${counts.same} the same, ${counts.failed} failed`;

async function planCopy({ output, options }: Context, from: Backend, to: Backend, path: string) {
  const files: { path: string; outcome: "new" | "same" | "replaced" | "exists" }[] = [];
  for (const file of await filesAt(from, path)) {
    const there = await fetchIfThere(to, file.path);
    if (!there) files.push({ path: file.path, outcome: "new" });
    else if (Buffer.compare(there, await fetchFile(from, file.path)) === 0) {
      files.push({ path: file.path, outcome: "same" });
    } else files.push({ path: file.path, outcome: options.force ? "replaced" : "exists" });
  }
  output.result({ files, dryRun: true }, () =>
    files.map((file) => `${file.outcome.padEnd(8)} ${printableName(file.path)}\n`).join(""),
  );
  return files.some(({ outcome }) => outcome === "exists") ? EXIT.negative : EXIT.ok;
}
