import { viewAt } from "../files/point.js";
import { baseName, directory, isDirectory, list, locate, walk } from "../files/walk.js";
import { AT, type Command } from "../support/command.js";
import { bytes, printableName, table } from "../support/printable.js";

export const du: Command = {
  name: "du",
  summary: "Sum up the sizes of files by directory, as they are stored where only that is known",
  operands: ["[path]"],
  options: [AT],
  examples: ["du @prod", "du @prod /reports --json"],
  async run({ operands, options, output, open }) {
    const backend = viewAt((await open({ history: options.at !== undefined })).backend, options.at);
    const path = operands[0] ?? "/";
    const { file } = await locate(backend, path);
    const rows: { path: string; files: number; bytes: number }[] = [];
    if (file) rows.push({ path: file.path, files: 1, bytes: file.size ?? file.stored_size ?? 0 });
    for (const entry of await list(backend, directory(path))) {
      const row = { path: entry.path, files: 0, bytes: 0 };
      const files = isDirectory(entry) ? walk(backend, entry.path) : [entry];
      for await (const { size, stored_size } of files) {
        row.files += 1;
        row.bytes += size ?? stored_size ?? 0;
        if (row.files % 100 === 0) output.progress(`${row.files} files in ${baseName(entry.path)}`);
      }
      rows.push(row);
    }
    const total = {
      path: file ? file.path : directory(path),
      files: rows.reduce((sum, row) => sum + row.files, 0),
      bytes: rows.reduce((sum, row) => sum + row.bytes, 0),
    };
    output.result({ entries: rows, total }, () =>
      table(
        [...rows, ...(file ? [] : [total])].map((row) => [
          bytes(row.bytes),
          String(row.files),
          printableName(row.path),
        ]),
        [0, 1],
      ),
    );
    return undefined;
  },
};
