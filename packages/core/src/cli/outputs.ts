import { type CaseResult, type ConformanceReport, summary, toJson } from "../conformance/index.js";
import { tapComments, tapHead, tapPoint } from "../conformance/reports/tap.js";
import type { Io, Out } from "./io.js";

/** What a run prints. */
export interface Output {
  start(total: number): void;
  result(result: CaseResult, number: number): void;
  end(report: ConformanceReport): void;
  /** Instead of `end`, where the run was cut short. */
  interrupted(report: ConformanceReport): void;
}

/** The ways to print a run. Each but `text` keeps standard output for itself. */
export const OUTPUTS: Readonly<Record<"text" | "json" | "tap", (io: Io) => Output>> = {
  text: ({ stdout }) => people(stdout),
  json({ stdout, stderr }) {
    const output = people(stderr);
    const end = (report: ConformanceReport) => {
      output.end(report);
      print(stdout, toJson(report));
    };
    return { ...output, end };
  },
  tap({ stdout }) {
    const lines = (some: readonly string[]) => print(stdout, some.join("\n"));
    return {
      start: (total) => lines(tapHead(total)),
      result: (result, number) => lines(tapPoint(result, number)),
      end: (report) => lines(tapComments(summary(report))),
      interrupted: (report) => lines([...tapComments(summary(report)), "Bail out! Interrupted"]),
    };
  },
};

/** Failures as they come, and the summary. */
function people(out: Out): Output {
  const end = (report: ConformanceReport) => print(out, summary(report));
  return {
    start() {},
    result: ({ status, reason = "" }) => {
      if (status === "failed") print(out, `${reason}\n`);
    },
    end,
    interrupted: end,
  };
}

const print = (out: Out, text: string): unknown => out.write(`${text}\n`);
