import { allCases, type Case, type CaseResult, runConformance } from "../conformance/index.js";
import type { Request } from "./arguments.js";
import { type Io, UsageError } from "./io.js";
import { load } from "./load.js";
import { OUTPUTS } from "./outputs.js";
import { Progress } from "./progress.js";
import { writeReports } from "./report-files.js";
import { select } from "./select.js";

const INTERRUPTED = 130;

/**
 * Runs the cases on the user's backend.
 * @returns The exit code: 0 all passed, 1 some failed or none was run, 130 interrupted.
 * @throws UsageError if the run cannot be started, or its reports cannot be written.
 */
export async function run(request: Request & { command: "run" }, io: Io): Promise<number> {
  const { selection, output: kind, reports, overrides } = request;
  const narrowed = selection.filters.length > 0 || selection.level !== undefined;
  const only = narrowed ? { only: select(allCases, selection).map(({ id }) => id) } : {};
  if (kind !== "text") io.claimStdout();
  const options = await load(request.module, io.cwd);
  const output = OUTPUTS[kind](io);
  const progress = new Progress(io.stderr);
  let cases: readonly Case[] | undefined;
  let done = 0;
  const showNext = () => {
    const next = cases?.[done];
    if (next) progress.show(`${done + 1}/${cases?.length} ${next.id}`);
  };
  try {
    const report = await runConformance({
      ...options,
      ...overrides,
      ...only,
      model: { ...options.model, ...overrides.model },
      signal: io.interrupt,
      onStart(selected) {
        cases = selected;
        output.start(selected.length);
        showNext();
      },
      onResult(result: CaseResult) {
        done += 1;
        progress.clear();
        output.result(result, done);
        showNext();
      },
    });
    progress.clear();
    if (io.interrupt.aborted) {
      output.interrupted(report);
      io.stderr.write(`Interrupted after ${done} of ${cases?.length} cases.\n`);
      return INTERRUPTED;
    }
    output.end(report);
    await writeReports(report, reports, io.cwd);
    return report.failed.length > 0 ? 1 : 0;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // An error before the first case means wrong options; one after the last case means that none was run.
    if (cases === undefined) throw new UsageError((error as Error).message);
    progress.clear();
    io.stderr.write(`${(error as Error).message}\n`);
    return io.interrupt.aborted ? INTERRUPTED : 1;
  }
}
