import { viewAt } from "../files/point.js";
import { absolute } from "../files/walk.js";
import { AT, type Command } from "../support/command.js";
import { CommandError, succeeded } from "../support/exit.js";

export const head: Command = {
  name: "head",
  summary: "Print the first lines of a file",
  operands: ["<path>"],
  options: [["-n, --lines <n>", "number of lines (default 10)"], AT],
  examples: ["head @prod /log.txt", "head -n 50 @prod /log.txt"],
  async run({ operands, options, output, open }) {
    const lines = Number(options.lines ?? 10);
    if (!Number.isSafeInteger(lines) || lines < 1) {
      throw new CommandError("usage", "--lines takes a whole number from 1.");
    }
    const backend = viewAt((await open({ history: options.at !== undefined })).backend, options.at);
    const path = absolute(operands[0]!);
    const { content = "", totalLines } = succeeded(await backend.read(path, 0, lines));
    if (typeof content !== "string")
      throw new CommandError("usage", `${path} is no text file: use cat or get.`);
    if (output.json) output.result({ path, content, totalLines }, () => "");
    else output.content(Buffer.from(content === "" || content.endsWith("\n") ? content : `${content}\n`));
    return undefined;
  },
};
