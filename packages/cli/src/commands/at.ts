import { POINTS, viewAt } from "../files/point.js";
import { filesAt } from "../files/walk.js";
import type { Command } from "../support/command.js";
import { printableName, sizeOf, table, time } from "../support/printable.js";

export const at: Command = {
  name: "at",
  summary: "List the files as they were at a point in time; other commands take it as --at",
  operands: ["<point>", "[path]"],
  notes: POINTS,
  examples: ["at @prod 2h", "at @prod 2026-05-01T12:00:00Z /reports", "cat @prod /report.md --at 3d"],
  async run({ operands, output, open }) {
    const backend = viewAt((await open({ history: true })).backend, operands[0]);
    const files = await filesAt(backend, operands[1] ?? "/");
    output.result(files, () =>
      table(
        files.map((file) => [sizeOf(file), time(file.modified_at), printableName(file.path)]),
        [0],
      ),
    );
    return undefined;
  },
};
