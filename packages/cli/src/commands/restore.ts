import { withHistory } from "../files/point.js";
import { absolute } from "../files/walk.js";
import { type Command, DRY_RUN } from "../support/command.js";
import { CommandError, succeeded } from "../support/exit.js";
import { printable } from "../support/printable.js";

export const restore: Command = {
  name: "restore",
  summary: "Make an old version of a file its newest one, also of a deleted file",
  operands: ["<path>", "<version>"],
  options: [["--if-version <version>", "only if this is still the newest version"], DRY_RUN],
  examples: ["restore @prod /report.md 41", "restore --dry-run @prod /report.md 41"],
  async run({ operands, options, output, open }) {
    const { backend: opened } = await open({ history: true, writes: !options.dryRun });
    const backend = withHistory(opened);
    const [operand = "", version = ""] = operands;
    const path = absolute(operand);
    if (options.dryRun) {
      const { versions = [] } = succeeded(await backend.history(path, { limit: 1 }));
      const newest = versions[0]?.version;
      const { diff = "" } = newest === undefined ? {} : succeeded(await backend.diff(path, newest, version));
      output.result({ path, version, dryRun: true, diff }, () => printable(diff));
      return undefined;
    }
    const ifVersion = options.ifVersion as string | undefined;
    const result = await backend.restore(path, version, ifVersion === undefined ? {} : { ifVersion });
    if (result.conflict) throw new CommandError("conflict", result.error ?? `${path} has changed.`);
    succeeded(result);
    output.result({ path, version }, () => `restored ${printable(path)}\n`);
    return undefined;
  },
};
