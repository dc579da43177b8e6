import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { allCases, storeCases } from "@deepagents-remote/core/conformance";
import { expect, it } from "@jest/globals";
import { folder, pages } from "../src/pages.js";

it("the committed pages are those of the suite; `npm run docs` writes them", () => {
  for (const [name, text] of pages())
    expect([name, readFileSync(join(folder, name), "utf8")]).toEqual([name, text]);
});

it("there is no page of a family that is gone", () => {
  const others = readdirSync(folder).filter((name) => !pages().has(name));
  expect(others.sort()).toEqual(["backends.json", "backends.md"]);
});

it("every case is on one page", () => {
  const text = [...pages().values()].join("");
  for (const { id } of [...allCases, ...storeCases]) expect(text.split(`| \`${id}\` |`)).toHaveLength(2);
});
