import { type CaseResult, type ConformanceReport, summary, toJson } from "../conformance/index.js";
import { tapComments, tapHead, tapPoint } from "../conformance/reports/tap.js";
import type { Io, Out } from "./io.js";

/** Prints a run. */
export interface Output {
  start(total: number): void;
  result(result: CaseResult, number: number): void;
  end(report: ConformanceReport): void;
  /** Called instead of `end` if the run was interrupted. */
  interrupted(report: ConformanceReport): void;
}

/** Output formats of a run. All but `text` reserve standard output. */
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

/** Prints failures as they occur, and the summary, for people. */
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
