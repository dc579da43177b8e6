import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Paths of READMEs, by which the packages are published, and of the documentation that is written by hand. */
export const readmes = ["core", "backend-postgres", "backend-s3", "cli"].map(
  (name) => `packages/${name}/README.md`,
);
export const pages = ["README.md", ...readmes, ...pagesIn("docs"), ...pagesIn("docs/decisions")];

export const read = (page: string): string => readFileSync(join(root, page), "utf8");

function pagesIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/** A block of TypeScript. */
export interface Block {
  readonly page: string;
  /** Line of the page, from 1. */
  readonly line: number;
  /** Name of its file, from its first line; one by its line otherwise. */
  readonly name: string;
  readonly code: string;
}

/** The blocks of TypeScript on a page, those within lists too. */
export function blocksOf(page: string): Block[] {
  const text = read(page);
  return [...text.matchAll(/^( *)```ts\n([\s\S]*?)^\1```/gm)].map(({ index, 2: code = "" }) => {
    const line = text.slice(0, index).split("\n").length;
    const [, name = `line-${line}.ts`] = /^\/\/ (\S+\.ts)\n/.exec(code) ?? [];
    return { page, line, name, code };
  });
}
