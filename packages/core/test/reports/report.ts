import type { CaseResult } from "../../src/conformance/case-result.js";
import type { Case } from "../../src/conformance/index.js";
import { report } from "../../src/conformance/report.js";

const one = (id: string, more: Partial<Case> = {}): Case => ({
  id,
  rule: `The rule of ${id}.`,
  source: "tools",
  run: async () => {},
  ...more,
});

const results: readonly CaseResult[] = [
  { case: one("ls/good"), status: "passed", ms: 1.26 },
  {
    case: one("own/<script>|#1", {
      rule: "`a|b` and <b> stay | what *they* are.",
      source: "ours",
      needs: "atomic",
    }),
    status: "failed",
    reason: 'own\n  got  <script>alert("1")</script>\n\n  ```js\u001b[31m ...',
    ms: 30,
  },
  { case: one("own/newer"), status: "warning", reason: "own/newer\n  got  less" },
  { case: one("own/known"), status: "known-failure", reason: "see #7 | later" },
  {
    case: one("ls/atomic", { needs: "atomic" }),
    status: "not-promised",
    reason: "atomic not promised",
    missing: ["atomic"],
  },
  { case: one("ls/other"), status: "not-applicable", reason: "atomic is promised" },
  { case: one("model/random"), status: "unavailable", reason: "fast-check is not installed" },
  { case: one("own/left-out"), status: "skipped", reason: "two\nlines" },
];

/** A report with a case of every status, and texts that want to be more than texts. */
export const everything = report("A <b>| backend", results, {
  level: "protocol",
  next: "faithful",
  obstacles: ["1 failed"],
});
