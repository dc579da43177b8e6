import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { allCases, storeCases } from "@deepagents-remote/core/conformance";
import { expect, it } from "@jest/globals";
import { folder, pages } from "../src/pages.js";

it("the committed pages match the suite; `npm run docs` writes them", () => {
  for (const [name, text] of pages())
    expect([name, readFileSync(join(folder, name), "utf8")]).toEqual([name, text]);
});

it("there is no page of a removed family", () => {
  const others = readdirSync(folder).filter((name) => !pages().has(name));
  expect(others.sort()).toEqual(["backends.json", "backends.md"]);
});

it("every case is on one page of its suite", () => {
  const { "stores.md": stores = "", ...families } = Object.fromEntries(pages());
  const rows = (text: string, id: string) => text.split(`| \`${id}\` |`).length - 1;
  for (const { id } of allCases) expect([id, rows(Object.values(families).join(""), id)]).toEqual([id, 1]);
  for (const { id } of storeCases) expect([id, rows(stores, id)]).toEqual([id, 1]);
});
