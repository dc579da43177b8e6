import { equal } from "../assert.js";
import type { ConformanceCase } from "../case.js";
import { sorted } from "./fixtures.js";

// A locale would mix cases and accents; UTF-16 order would put astral characters before U+FF5E and U+FFE3.
const files = [
  "/b",
  "/B",
  "/a",
  "/Z",
  "/_",
  "/é",
  "/z",
  "/10",
  "/9",
  "/-",
  "/\uff5e",
  "/\uffe3",
  "/😀",
  "/𝒳",
  "/a b",
];
// A directory's path ends in a slash, which sorts after `-` and `.` and before letters.
const mixed = ["/a-b", "/a.b", "/a/", "/a0", "/aa"];

const needs = "ordered";

/** Tests the order of listings and matches: by code point, on every service. */
export const orderCases: readonly ConformanceCase[] = [
  {
    id: "order/ls/code-points",
    rule: "`ls` is in code-point order, not that of a locale and not that of UTF-16 units.",
    source: "ours",
    needs,
    async run(t) {
      await t.fill(files.map((path) => `/d${path}`));
      equal("ls", await t.ls("/d"), sorted(files.map((path) => `/d${path}`)));
    },
  },
  {
    id: "order/ls/directories",
    rule: "Directories stand among files in the order of their paths.",
    source: "ours",
    needs,
    async run(t) {
      await t.fill(mixed.map((path) => (path.endsWith("/") ? `${path}x` : path)));
      equal("ls", await t.ls("/"), mixed);
    },
  },
  {
    id: "order/ls/astral-directories",
    rule: "Directories too are in code-point order where UTF-16 units would differ.",
    source: "ours",
    needs,
    async run(t) {
      await t.fill(["/😀/a", "/\uffe3/a", "/\uff5e.txt"]);
      equal("ls", await t.ls("/"), ["/\uff5e.txt", "/\uffe3/", "/😀/"]);
    },
  },
  {
    id: "order/glob/code-points",
    rule: "`glob` is in code-point order of the whole paths.",
    source: "ours",
    needs,
    async run(t) {
      const paths = [...files, ...mixed.map((path) => `/m${path}${path.endsWith("/") ? "x" : ""}`)];
      await t.fill(paths);
      equal("glob", await t.glob("**"), sorted(paths));
    },
  },
  {
    id: "order/grep/code-points",
    rule: "`grep` is in code-point order of the whole paths.",
    source: "ours",
    needs,
    async run(t) {
      const paths = [...files, ...mixed.map((path) => `/m${path}${path.endsWith("/") ? "x" : ""}`)];
      await t.fill(paths);
      equal("grep", await t.found("x"), sorted(paths));
    },
  },
  {
    id: "order/grep/lines",
    rule: "Matches of one file are in the order of its lines, also beyond the ninth.",
    source: "deepagents",
    async run(t) {
      await t.write("/a.txt", "x\n".repeat(25));
      const lines = (await t.grep("x")).map(({ line }) => line);
      equal(
        "lines",
        lines,
        Array.from({ length: 25 }, (_, i) => i + 1),
      );
    },
  },
  {
    id: "order/grep/many-files",
    rule: "The order does not depend on how many files are read concurrently, and a cap keeps the first matches in that order.",
    source: "ours",
    needs,
    async run(t) {
      const paths = Array.from({ length: 150 }, (_, i) => `/d/${String(i).padStart(3, "0")}.txt`);
      await t.fill([...paths].reverse());
      equal("grep", await t.found("x"), paths);
      const capped = await t.grep("x", "", null, 40);
      equal(
        "capped",
        capped.map(({ path }) => path),
        paths.slice(0, 40),
      );
    },
  },
];
