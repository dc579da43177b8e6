import type { BackendProtocolV2, FileInfo } from "@deepagents-remote/core";
import { POINTS, pointOf, withHistory } from "../files/point.js";
import { fetchFile } from "../files/transfer.js";
import { absolute, exists, filesAt } from "../files/walk.js";
import { type Command, DRY_RUN } from "../support/command.js";
import { EXIT, succeeded } from "../support/exit.js";
import { printableName } from "../support/printable.js";

interface Rewound {
  readonly path: string;
  readonly outcome: "restored" | "deleted" | "unchanged" | "failed";
  readonly error?: string;
}

export const rewind: Command = {
  name: "rewind",
  summary: "Make files as they were at a point in time, as new versions: it can be undone",
  operands: ["<point>", "[path]"],
  options: [DRY_RUN],
  notes: POINTS,
  examples: ["rewind --dry-run @prod 2h /reports", "rewind @prod my-thread:1f0c-4a"],
  async run({ operands, options, output, open }) {
    const { backend: opened } = await open({ history: true, writes: !options.dryRun });
    const backend = withHistory(opened);
    const point = pointOf(operands[0] ?? "");
    const path = absolute(operands[1] ?? "/");
    const files: readonly Rewound[] = options.dryRun
      ? await plan(backend.at(point), backend, path)
      : (succeeded(await backend.rewind(point, { path })).files ?? []);
    output.result({ files, dryRun: options.dryRun === true }, () =>
      files
        .filter(({ outcome }) => outcome !== "unchanged")
        .map((file) => `${file.outcome.padEnd(8)} ${printableName(file.path)}${reason(file)}\n`)
        .join(""),
    );
    return files.some(({ outcome }) => outcome === "failed") ? EXIT.negative : EXIT.ok;
  },
};

const reason = ({ error }: Rewound): string => (error === undefined ? "" : `: ${printableName(error)}`);

/** Compares the files at that time with those of now. */
async function plan(then: BackendProtocolV2, now: BackendProtocolV2, path: string): Promise<Rewound[]> {
  const listed = async (backend: BackendProtocolV2): Promise<readonly FileInfo[]> =>
    (await exists(backend, path)) ? filesAt(backend, path) : [];
  const [before, after] = [await listed(then), await listed(now)];
  const kept = new Set(before.map((file) => file.path));
  const current = new Set(after.map((file) => file.path));
  const files: Rewound[] = after
    .filter((file) => !kept.has(file.path))
    .map((file) => ({ path: file.path, outcome: "deleted" }));
  for (const file of before) {
    const isEqual =
      current.has(file.path) &&
      Buffer.compare(await fetchFile(then, file.path), await fetchFile(now, file.path)) === 0;
    if (!isEqual) files.push({ path: file.path, outcome: "restored" });
  }
  return files;
}
