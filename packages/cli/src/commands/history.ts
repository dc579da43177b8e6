import type { FileVersion } from "@deepagents-remote/core";
import { withHistory } from "../files/point.js";
import { absolute } from "../files/walk.js";
import type { Command } from "../support/command.js";
import { CommandError, EXIT, succeeded } from "../support/exit.js";
import { bytes, printableName, table, time } from "../support/printable.js";

const COUNT = ["-n, --count <n>", "maximum number, from 1 to 1000 (default 100)"] as const;

export const history: Command = {
  name: "history",
  summary: "List the versions of a file, newest first, with their authors",
  operands: ["<path>"],
  options: [COUNT, ["--before <version>", "only older ones: `next` of the page before"]],
  examples: ["history @prod /report.md"],
  async run({ operands, options, output, open }) {
    const backend = withHistory((await open({ history: true })).backend);
    const { versions = [], next } = succeeded(
      await backend.history(absolute(operands[0]!), {
        ...countOf(options.count),
        ...(options.before !== undefined && { before: options.before as string }),
      }),
    );
    output.result({ versions, next }, () => rows(versions));
    if (next !== undefined) output.note(`There are older ones: --before ${next}`);
    return versions.length > 0 ? EXIT.ok : EXIT.missing;
  },
};

export const changes: Command = {
  name: "changes",
  summary: "List everything that happened to the files, oldest first",
  operands: ["[path]"],
  options: [
    ["--thread <id>", "only changes of that thread"],
    ["--since <version>", "only later ones: `next` of an earlier page"],
    COUNT,
  ],
  examples: ["changes @prod /reports", "changes @prod --thread 42 --json"],
  async run({ operands, options, output, open }) {
    const backend = withHistory((await open({ history: true })).backend);
    const { changes = [], next } = succeeded(
      await backend.changes({
        path: absolute(operands[0] ?? "/"),
        ...countOf(options.count),
        ...(options.thread !== undefined && { thread: options.thread as string }),
        ...(options.since !== undefined && { since: options.since as string }),
      }),
    );
    output.result({ changes, next }, () => rows(changes));
    const { limit = 100 } = countOf(options.count);
    if (next !== undefined && changes.length === limit)
      output.note(`There may be later ones: --since ${next}`);
    return undefined;
  },
};

const rows = (versions: readonly FileVersion[]): string =>
  table(
    versions.map(({ version, kind, time: at, size, by, path, current }) => [
      current ? "*" : " ",
      time(at),
      kind,
      bytes(size),
      version,
      printableName(
        Object.entries(by ?? {})
          .map(([name, value]) => `${name}=${value}`)
          .join(" ") || "-",
      ),
      printableName(path),
    ]),
    [3],
  );

function countOf(given: unknown): { limit?: number } {
  if (given === undefined) return {};
  const limit = Number(given);
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= 1_000) return { limit };
  throw new CommandError("usage", "--count takes a whole number from 1 to 1000.");
}
