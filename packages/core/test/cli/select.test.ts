import { describe, expect, it } from "@jest/globals";
import { listJson, listText } from "../../src/cli/list.js";
import { select } from "../../src/cli/select.js";
import { allCases, type ConformanceCase } from "../../src/conformance/index.js";

const one = (id: string, more: Partial<ConformanceCase> = {}): ConformanceCase => ({
  id,
  rule: `The rule of ${id}.`,
  source: "tools",
  run: async () => {},
  ...more,
});
const cases = [
  one("edit/text"),
  one("edit/text/more", { needs: ["byteFidelity", "transfer"], source: "ours" }),
  one("races/edit/total", { needs: "atomic" }),
  one("path-conflicts/refused", { unless: "fileAndDirectory" }),
];
const ids = (...filters: string[]) => select(cases, { filters }).map(({ id }) => id);

describe("filters", () => {
  it("match an id, a prefix, or a part of ids", () => {
    expect(ids("edit/text")).toEqual(["edit/text"]);
    expect(ids("edit/")).toEqual(["edit/text", "edit/text/more"]);
    expect(ids("edit")).toEqual(["edit/text", "edit/text/more", "races/edit/total"]);
    expect(ids("/more")).toEqual(["edit/text/more"]);
  });

  it("are combined, in the order of the suite, each case once", () => {
    expect(ids("path-conflicts/", "races/", "edit")).toEqual(cases.map(({ id }) => id));
    expect(ids()).toEqual(cases.map(({ id }) => id));
  });

  it("that match nothing are refused, also beside others that match", () => {
    expect(() => ids("edit/", "text/")).toThrow("There is no conformance case for the filter text/");
    expect(() => select(cases, { filters: ["races/"], level: "faithful" })).toThrow(
      "There is no conformance case up to the level faithful for the filter races/",
    );
  });
});

it("a level selects that level and the lower ones", () => {
  const upTo = (level: "protocol" | "faithful" | "production") =>
    select(cases, { filters: [], level }).map(({ id }) => id);
  expect(upTo("protocol")).toEqual(["edit/text", "path-conflicts/refused"]);
  expect(upTo("faithful")).toEqual(["edit/text", "edit/text/more", "path-conflicts/refused"]);
  expect(upTo("production")).toEqual(cases.map(({ id }) => id));
});

describe("the list", () => {
  it("is a table", () => {
    expect(listText(cases).split("\n")).toEqual([
      "id                      level       source  needs                   rule",
      "edit/text               protocol    tools                           The rule of edit/text.",
      "edit/text/more          faithful    ours    byteFidelity, transfer  The rule of edit/text/more.",
      "races/edit/total        concurrent  tools   atomic                  The rule of races/edit/total.",
      "path-conflicts/refused  protocol    tools   not fileAndDirectory    The rule of path-conflicts/refused.",
    ]);
  });

  it("is JSON", () => {
    expect(JSON.parse(listJson(cases.slice(1)))).toMatchObject([
      { id: "edit/text/more", level: "faithful", needs: ["byteFidelity", "transfer"], source: "ours" },
      { id: "races/edit/total", level: "concurrent", needs: ["atomic"] },
      {
        id: "path-conflicts/refused",
        needs: [],
        unless: ["fileAndDirectory"],
        rule: "The rule of path-conflicts/refused.",
      },
    ]);
  });

  it("has one line per case", () => {
    expect(listText(allCases).split("\n")).toHaveLength(allCases.length + 1);
  });
});
