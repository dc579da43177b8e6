import type { FileInfo } from "@deepagents-remote/core";
import { viewAt } from "../files/point.js";
import { absolute, baseName, expand, isDirectory, list, locate } from "../files/walk.js";
import { AT, type Command } from "../support/command.js";
import { printableName, sizeOf, table, time } from "../support/printable.js";

export const ls: Command = {
  name: "ls",
  summary: "List a directory",
  operands: ["[path...]"],
  options: [["-l, --long", "with sizes and times"], AT],
  examples: ["ls s3://bucket/agents", "ls -l @prod /reports", "ls @prod '/reports/*.md' --json"],
  async run({ operands, options, output, open }) {
    const backend = viewAt((await open({ history: options.at !== undefined })).backend, options.at);
    const entries: FileInfo[] = [];
    for (const operand of operands.length > 0 ? operands : ["/"]) {
      for (const path of await expand(backend, operand)) {
        const found = await locate(backend, path);
        if (found.file) entries.push(found.file);
        if (found.directory) entries.push(...(await list(backend, absolute(path))));
      }
    }
    const shown = (path: string, isDir: boolean) =>
      isDir ? output.colors.blue(`${printableName(baseName(path))}/`) : printableName(baseName(path));
    output.result(entries, () =>
      options.long
        ? table(
            entries.map((entry) => [
              isDirectory(entry) ? "-" : sizeOf(entry),
              time(entry.modified_at),
              shown(entry.path, isDirectory(entry)),
            ]),
            [0],
          )
        : entries.map((entry) => `${shown(entry.path, isDirectory(entry))}\n`).join(""),
    );
    return undefined;
  },
};
