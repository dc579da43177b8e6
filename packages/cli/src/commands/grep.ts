import { viewAt } from "../files/point.js";
import { absolute } from "../files/walk.js";
import { AT, type Command } from "../support/command.js";
import { CommandError, EXIT, succeeded } from "../support/exit.js";
import { printable, printableName } from "../support/printable.js";

export const grep: Command = {
  name: "grep",
  summary: "Search files for a literal text",
  operands: ["<text>", "[path]"],
  options: [
    ["-g, --glob <pattern>", "only files of that name"],
    ["-m, --max <n>", "maximum number of matches"],
    ["-l, --files", "only the paths of files that match"],
    AT,
  ],
  examples: ["grep @prod TODO", "grep @prod 'api key' /src -g '*.ts'"],
  async run({ operands, options, output, open }) {
    const [text = "", path = "/"] = operands;
    const max = options.max === undefined ? null : Number(options.max);
    if (max !== null && !(Number.isSafeInteger(max) && max > 0)) {
      throw new CommandError("usage", "--max takes a whole number from 1.");
    }
    const backend = viewAt((await open({ history: options.at !== undefined })).backend, options.at);
    const glob = (options.glob as string | undefined) ?? null;
    const { matches = [], truncated } = succeeded(await backend.grep(text, absolute(path), glob, max));
    // Line 0 is a note about a file that could not be searched.
    const found = matches.filter(({ line }) => line > 0);
    const notes = matches.filter(({ line }) => line === 0);
    const { magenta, green } = output.colors;
    output.result({ matches, truncated: truncated === true }, () =>
      options.files
        ? [...new Set(found.map((match) => `${printableName(match.path)}\n`))].join("")
        : found
            .map(
              ({ path, line, text }) =>
                `${magenta(printableName(path))}:${green(String(line))}:${printable(text)}\n`,
            )
            .join(""),
    );
    for (const note of notes) output.note(printable(`${note.path}: ${note.text}`));
    if (truncated) output.note("There are more matches.");
    return found.length > 0 ? EXIT.ok : EXIT.negative;
  },
};
