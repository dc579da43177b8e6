import { remove } from "../files/transfer.js";
import { expand, locate, walk } from "../files/walk.js";
import { type Command, DRY_RUN, RECURSIVE } from "../support/command.js";
import { CommandError } from "../support/exit.js";
import { printableName } from "../support/printable.js";

export const rm: Command = {
  name: "rm",
  summary: "Delete files",
  endsSteps: true,
  operands: ["<path...>"],
  options: [RECURSIVE, DRY_RUN],
  examples: ["rm @prod /old.md", "rm -r @prod /drafts", "rm --dry-run @prod '/drafts/*.md'"],
  async run({ io, operands, options, output, open }) {
    const { backend } = await open({ writes: !options.dryRun });
    const deleted: string[] = [];
    for (const operand of operands) {
      for (const path of await expand(backend, operand)) {
        const found = await locate(backend, path);
        if (!found.file && !options.recursive) {
          throw new CommandError("usage", `${path} is a directory: give --recursive.`);
        }
        const files = found.file ? [found.file] : [];
        if (options.recursive && found.directory) {
          for await (const file of walk(backend, found.directory.path)) files.push(file);
        }
        for (const file of files) {
          io.signal.throwIfAborted();
          if (!options.dryRun) await remove(backend, file.path);
          deleted.push(file.path);
          output.line(`${options.dryRun ? "would delete" : "deleted"} ${printableName(file.path)}`);
        }
      }
    }
    if (output.json) output.result({ deleted, dryRun: options.dryRun === true }, () => "");
    return undefined;
  },
};
