import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { deadLinks } from "./helpers/links.js";
import { blocksOf, pages, read, readmes, root } from "./helpers/pages.js";

const typescript = createRequire(join(root, "package.json")).resolve("typescript/bin/tsc");

describe("code on the pages", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pages-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Names that readers have themselves. */
  const THEIRS = `declare const app: any;
declare const backend: import("@deepagents-remote/backend-postgres").PostgresBackend;\n`;

  it("compiles", async () => {
    const files: Record<string, string> = { "theirs.d.ts": THEIRS, ...documentedOptions() };
    for (const { page, name, code } of pages.flatMap(blocksOf)) {
      const file = `${page}/${name}`;
      expect({ file, isTaken: file in files }).toEqual({ file, isTaken: false });
      files[file] = `${code}\nexport {};\n`;
    }
    expect(Object.keys(files).length).toBeGreaterThan(25);
    files["package.json"] = JSON.stringify({ type: "module" });
    files["tsconfig.json"] = JSON.stringify({
      extends: join(root, "tsconfig.base.json"),
      compilerOptions: { typeRoots: [join(root, "node_modules/@types")], noImplicitAny: false },
      include: ["**/*.ts"],
    });
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    symlinkSync(join(root, "examples/node_modules"), join(folder, "node_modules"), "dir");
    expect(await compile()).toBe("");
  });

  function compile(): Promise<string> {
    return new Promise((resolve) => {
      execFile(process.execPath, [typescript, "-p", folder, "--pretty", "false"], (_error, stdout, stderr) =>
        resolve(stdout + stderr),
      );
    });
  }
});

/** Options that the tables of a README name. */
const optionsIn = (readme: string): string[] =>
  [...read(readme).matchAll(/^\| ((?:`\w+`(?:, )?)+) \| .* \| .* \| .* \|$/gm)].flatMap(([, names = ""]) =>
    [...names.matchAll(/\w+/g)].map(([name]) => name),
  );

/** Modules that compile only if the tables of options name every option, and no other. */
function documentedOptions(): Record<string, string> {
  const every = optionsIn("packages/core/README.md");
  const module = (from: string, type: string, names: readonly string[]) => `
import type { ${type} as Options } from "@deepagents-remote/${from}";
type Documented = ${names.map((name) => `"${name}"`).join(" | ")};
type Never<T extends never> = T;
export type Undocumented = Never<Exclude<keyof Options, Documented>>;
export type Unknown = Never<Exclude<Documented, keyof Options>>;
`;
  const of = (name: string) => [...optionsIn(`packages/${name}/README.md`), ...every];
  return {
    "options-core.ts": module("core", "RemoteBackendOptions", every),
    "options-postgres.ts": module("backend-postgres", "PostgresBackendOptions", of("backend-postgres")),
    "options-s3.ts": module("backend-s3", "S3BackendOptions", of("backend-s3")),
  };
}

it("snippets close what they open", () => {
  for (const { page, line, code } of pages.flatMap(blocksOf)) {
    const connects =
      /new (Postgres|S3)Backend\(/.test(code) && /^\s*await (backend|s3|postgres)\./m.test(code);
    expect({ page, line, isClosed: !connects || code.includes(".close()") }).toEqual({
      page,
      line,
      isClosed: true,
    });
  }
});

it("install lines name LangGraph where a snippet imports it", () => {
  for (const page of pages) {
    const text = read(page);
    const isNamed = /npm install [^\n]*@langchain\/langgraph(\s|`)/.test(text);
    expect({ page, isNamed: isNamed || !/from "@langchain\/langgraph"/.test(text) }).toEqual({
      page,
      isNamed: true,
    });
  }
});

it("links lead to pages and headings that exist", () => {
  expect(pages.flatMap(deadLinks)).toEqual([]);
});

it("READMEs stay short", () => {
  const words = (page: string) => read(page).trim().split(/\s+/).length;
  expect(words("README.md")).toBeLessThanOrEqual(900);
  for (const readme of readmes) {
    expect({ readme, isShort: words(readme) <= 1_200 }).toEqual({ readme, isShort: true });
  }
});

it("every page is in the table of contents", () => {
  const contents = read("docs/README.md") + read("docs/decisions/README.md");
  for (const page of pages.filter((name) => /^docs\/.*(?<!README)\.md$/.test(name))) {
    expect(contents).toContain(`(${page.replace(/^docs\/(decisions\/)?/, "")})`);
  }
});
