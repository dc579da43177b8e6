import { expect, it } from "@jest/globals";
import { toMarkdown } from "../../src/conformance/index.js";
import { report } from "../../src/conformance/report.js";
import { everything } from "./report.js";

it("Markdown has level and counts, failures, then a table for each family", () => {
  const lines = toMarkdown(everything).split("\n");
  expect(lines.slice(0, 24)).toEqual([
    "# Conformance of A \\<b\\>\\| backend",
    "",
    "Suite of @deepagents-remote/core, edition 0.1; level: protocol; faithful needs more: 1 failed.",
    "",
    "| passed | failed | warnings | known to fail | not promised | unavailable | skipped |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    "| 1 | 1 | 1 | 1 | 1 | 1 | 1 |",
    "",
    "## Failed",
    "",
    "### own/\\<script\\>\\|\\#1",
    "",
    "````text",
    "own",
    '  got  <script>alert("1")</script>',
    "",
    "  ```js\\u001b[31m ...",
    "````",
    "",
    "## Newer than the edition asked for",
    "",
    "### own/newer",
    "",
    "```text",
  ]);
  const own = lines.indexOf("## own");
  expect(lines.slice(own, own + 9)).toEqual([
    "## own",
    "",
    "| case | rule | level | source | outcome |",
    "| --- | --- | --- | --- | --- |",
    "| own/\\<script\\>\\|\\#1 | `a\\|b` and \\<b\\> stay \\| what \\*they\\* are. | concurrent | ours | failed |",
    "| own/newer | The rule of own/newer. | protocol | tools | warning |",
    "| own/known | The rule of own/known. | protocol | tools | known to fail: see \\#7 \\| later |",
    "| own/left-out | The rule of own/left-out. | protocol | tools | skipped: two lines |",
    "",
  ]);
  expect(lines).toContain(
    "| ls/atomic | The rule of ls/atomic. | concurrent | tools | not tried: atomic not promised |",
  );
  expect(lines.filter((line) => line.startsWith("## "))).toEqual([
    "## Failed",
    "## Newer than the edition asked for",
    "## ls",
    "## own",
    "## model",
  ]);
});

it("Markdown of a passing part has neither failures nor a level", () => {
  const text = toMarkdown(report("part", everything.passed));
  expect(text).toContain("\n\nSuite of @deepagents-remote/core, edition 0.1.\n\n");
  expect(text).not.toContain("Failed");
});
