import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Larger files are bundles that nobody writes by hand. */
const MAX_BYTES = 64 * 1024;

/** A text file with a path of its own. */
export type TextFile = readonly [path: string, content: Uint8Array];

const root = fileURLToPath(new URL("../../", import.meta.url));

const files = new Map<string, Uint8Array>();
let sources: Iterator<void> | undefined;

/**
 * Returns real text: the sources of this repository, then those of the packages that are installed for it, in the order of
 * their paths.
 */
export function corpus(count: number): readonly TextFile[] {
  sources ??= collect();
  while (files.size < count && !sources.next().done);
  if (files.size < count) throw new Error(`There are only ${files.size} files, not ${count}.`);
  return [...files].slice(0, count);
}

function* collect(): Generator<void> {
  for (const folder of ["packages", "internal", "examples", "docs"]) {
    for (const path of textFiles(join(root, folder))) {
      yield add(`/deepagents-remote/${folder}/${path}`, join(root, folder, path));
    }
  }
  const store = join(root, "node_modules/.pnpm");
  const versions = readdirSync(store).filter((name) => name.includes("@"));
  for (const version of versions.sort()) {
    const folder = join(store, version, "node_modules");
    for (const path of textFiles(folder)) yield add(`/${path}`, join(folder, path));
  }
}

function add(path: string, source: string): void {
  // Several versions of a package have the same paths.
  if (files.has(path)) return;
  const content = readFileSync(source);
  if (content.length > 0 && content.length <= MAX_BYTES) files.set(path, content);
}

/** Directories of builds and of links to other packages, inside a package of this repository. */
const SKIPPED = /(^|\/)(node_modules|dist|pages|coverage|\.turbo|\.results|\.data)\//;

const textFiles = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(js|ts|md|json)$/.test(entry.name))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    )
    .filter((path) => folder.startsWith(join(root, "node_modules")) || !SKIPPED.test(path))
    .sort();
