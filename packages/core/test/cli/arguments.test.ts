import { describe, expect, it } from "@jest/globals";
import { readArguments } from "../../src/cli/arguments.js";

const read = (line: string) => readArguments(line.split(" ").filter(Boolean));

describe("the arguments", () => {
  it("name a module, and nothing else by default", () => {
    expect(read("conformance ./my-backend.mjs")).toEqual({
      command: "run",
      module: "./my-backend.mjs",
      selection: { filters: [] },
      output: "text",
      reports: [],
      overrides: { model: {} },
    });
  });

  it("select the cases, the way they run, and the output", () => {
    const flags =
      "--filter edit/ --filter ls --level faithful --timeout 500 --scale 0.5 --runs 9 --steps 8 --seed=-7 --path 3:0";
    const files = "--edition 0.1 --tap --report a.html --report b/c.md";
    expect(read(`${flags} conformance x.mjs ${files}`)).toEqual({
      command: "run",
      module: "x.mjs",
      selection: { filters: ["edit/", "ls"], level: "faithful" },
      output: "tap",
      reports: ["a.html", "b/c.md"],
      overrides: {
        timeoutMs: 500,
        scale: 0.5,
        edition: "0.1",
        model: { runs: 9, steps: 8, seed: -7, path: "3:0" },
      },
    });
  });

  it("ask for the list, with or without a module", () => {
    const list = { command: "list", selection: { filters: ["ls/"] }, json: true };
    expect(read("conformance --list --filter ls/ --json")).toEqual(list);
    expect(read("conformance x.mjs --list --filter ls/ --json")).toEqual(list);
  });

  it.each(["help", "version"])("ask for the %s, whatever else they contain", (name) => {
    expect(read(`--${name}`)).toEqual({ command: name });
    expect(read(`conformance --${name}`)).toEqual({ command: name });
  });

  it.each([
    ["", "A command is missing."],
    ["conform x.mjs", "There is no command conform."],
    ["conformance", "The module is missing."],
    ["conformance x.mjs y.mjs z.mjs", "without y.mjs, z.mjs."],
    ["conformance x.mjs --fliter ls/", "--fliter"],
    ["conformance x.mjs --filter", "--filter"],
    ["conformance x.mjs --json=yes", "--json"],
    ["conformance x.mjs --json --tap", "--json and --tap cannot be combined."],
    ["conformance --list --tap", "--list runs no cases"],
    ["conformance --list --report a.md", "--list runs no cases"],
    ["conformance x.mjs --level best", "There is no level best. The levels are protocol, faithful, "],
    ["conformance x.mjs --level toString", "There is no level toString"],
    ["conformance x.mjs --report report.pdf", "one of .html, .md, .json, not report.pdf."],
    ["conformance x.mjs --report report", "one of .html, .md, .json, not report."],
    ["conformance x.mjs --timeout 0", '--timeout takes a whole number above 0, not "0".'],
    ["conformance x.mjs --timeout 1e400", "--timeout takes"],
    ["conformance x.mjs --scale -1", "--scale"],
    ["conformance x.mjs --scale=0", "--scale takes a number above 0"],
    ["conformance x.mjs --runs 1.5", "--runs takes"],
    ["conformance x.mjs --steps=", '--steps takes a whole number above 0, not "".'],
    ["conformance x.mjs --seed one", "--seed takes a whole number"],
  ])("%j are refused, with the usage", (line, message) => {
    expect(() => read(line)).toThrow(message);
    expect(() => read(line)).toThrow("\n\nUsage: deepagents-remote conformance <module>");
  });
});
