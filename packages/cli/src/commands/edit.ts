import { fetchFile } from "../files/transfer.js";
import { absolute } from "../files/walk.js";
import { type Command, DRY_RUN } from "../support/command.js";
import { CommandError, EXIT, failure, succeeded } from "../support/exit.js";

export const edit: Command = {
  name: "edit",
  summary: "Replace a text in a file, atomically where the backend is",
  operands: ["<path>", "<old>", "<new>"],
  options: [["-a, --all", "every occurrence; otherwise there must be exactly one"], DRY_RUN],
  examples: [
    "edit @prod /config.json '\"debug\": true' '\"debug\": false'",
    "edit --all @prod /a.md teh the",
  ],
  async run({ operands, options, output, open }) {
    const [operand = "", old = "", replacement = ""] = operands;
    const path = absolute(operand);
    const { backend } = await open({ writes: !options.dryRun });
    const occurrences = options.dryRun
      ? count(Buffer.from(await fetchFile(backend, path)).toString("utf8"), old)
      : await replace();
    if (options.dryRun && (occurrences === 0 || (occurrences > 1 && !options.all))) {
      throw new CommandError("conflict", `The text occurs ${occurrences} times in ${path}.`);
    }
    output.result({ path, occurrences, dryRun: options.dryRun === true }, () =>
      options.dryRun ? `would replace ${occurrences}\n` : `replaced ${occurrences}\n`,
    );
    return EXIT.ok;

    async function replace(): Promise<number> {
      const result = await backend.edit(path, old, replacement, options.all === true);
      if (result.error === undefined) return succeeded(result).occurrences ?? 0;
      if (/string not found|appears \d+ times|has multiple/i.test(result.error)) {
        throw new CommandError("conflict", result.error.replace(/^Error: /, ""));
      }
      throw failure(result.error);
    }
  },
};

const count = (text: string, part: string): number => (part === "" ? 0 : text.split(part).length - 1);
