import { expect, it } from "@jest/globals";
import { toTap } from "../../src/conformance/index.js";
import { everything } from "./report.js";

it("TAP skips cases not tried, and marks known failures and warnings as TODO", () => {
  expect(toTap(everything).split("\n")).toEqual([
    "TAP version 14",
    "1..8",
    "ok 1 - ls/good",
    "not ok 2 - own/<script>|\\#1",
    "  ---",
    '  rule: "`a|b` and <b> stay | what *they* are."',
    "  failure: |2-",
    "    own",
    '      got  <script>alert("1")</script>',
    "    ",
    "      ```js\\u001b[31m ...",
    "  ...",
    "not ok 3 - own/newer # TODO newer than the edition asked for",
    "  ---",
    '  rule: "The rule of own/newer."',
    "  failure: |2-",
    "    own/newer",
    "      got  less",
    "  ...",
    "not ok 4 - own/known # TODO see \\#7 | later",
    "ok 5 - ls/atomic # SKIP atomic not promised",
    "ok 6 - ls/other # SKIP atomic is promised",
    "ok 7 - model/random # SKIP fast-check is not installed",
    "ok 8 - own/left-out # SKIP two lines",
    "# A <b>| backend: 1 passed, 1 failed, 1 warnings, 1 known to fail, 1 not promised, 1 unavailable, 1 skipped",
    "#   level: protocol; faithful needs more: 1 failed",
    "#   see #7 | later: own/known",
    "#   atomic not promised: ls/atomic",
    "#   fast-check is not installed: model/random",
    "#   two",
    "# lines: own/left-out",
    "#   newer than the edition asked for: own/newer",
    "#   got  less",
  ]);
});
