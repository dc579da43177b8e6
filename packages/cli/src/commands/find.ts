import { viewAt } from "../files/point.js";
import { absolute } from "../files/walk.js";
import { AT, type Command } from "../support/command.js";
import { EXIT, succeeded } from "../support/exit.js";
import { printableName } from "../support/printable.js";

export const find: Command = {
  name: "find",
  summary: "Find files by name",
  operands: ["<pattern>", "[path]"],
  options: [["-0, --null", "end each path with a NUL, for xargs -0"], AT],
  examples: ["find @prod '**/*.md'", "find @prod '*.csv' /reports"],
  async run({ operands, options, output, open }) {
    const backend = viewAt((await open({ history: options.at !== undefined })).backend, options.at);
    const [pattern = "", path = "/"] = operands;
    const { files = [], truncated } = succeeded(await backend.glob(pattern, absolute(path)));
    const end = options.null ? "\0" : "\n";
    output.result({ files, truncated: truncated === true }, () =>
      files.map((file) => `${options.null ? file.path : printableName(file.path)}${end}`).join(""),
    );
    if (truncated) output.note("There are more files: narrow the pattern or the path.");
    return files.length > 0 ? EXIT.ok : EXIT.negative;
  },
};
