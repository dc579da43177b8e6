import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { read, root } from "./helpers/pages.js";

const page = read("docs/errors.md");
const sources = ["core", "backend-postgres", "backend-s3"]
  .flatMap((name) => {
    const folder = join(root, "packages", name, "src");
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(folder, file), "utf8"));
  })
  .join("\n");

it("has a section and a row for every code, and no others", () => {
  const [, union = ""] = /export type ErrorCode =((?:\s+\| "[\w-]+")+);/.exec(sources) ?? [];
  const codes = [...union.matchAll(/"([\w-]+)"/g)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(5);
  expect([...page.matchAll(/^## `([\w-]+)`$/gm)].map(([, code]) => code).sort()).toEqual(codes.sort());
  expect([...page.matchAll(/^\| \[`([\w-]+)`\]/gm)].map(([, code]) => code).sort()).toEqual(codes);
});

it("quotes only messages of the packages", () => {
  const cells = [...page.matchAll(/^\| (`[^|]*`) \|/gm)].map(([, cell = ""]) => cell);
  const messages = cells.flatMap((cell) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, message = ""]) => message),
  );
  const parts = messages
    .filter((message) => /[ .]/.test(message))
    .flatMap((message) => message.split(/ ?\.\.\. ?/));
  expect(parts.length).toBeGreaterThan(50);
  expect(parts.filter((part) => !sources.includes(part))).toEqual([]);
});
