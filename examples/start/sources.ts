import { execFileSync } from "node:child_process";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Text files by their path in the agent's workspace. */
export type Sources = ReadonlyMap<string, Buffer>;

export const WORKSPACE = "/workspace";

const LARGEST_FILE = 100_000;
const MOST_FILES = 2_000;
const WALKED = ["packages", "internal", "examples"];
const NOT_WALKED = new Set(["node_modules", "dist", "coverage"]);

/** Collects the text files of this repository: those tracked by git, else those in its source directories. */
export function collectSources(root: string): Sources {
  const sources = new Map<string, Buffer>();
  for (const path of tracked(root) ?? WALKED.flatMap((each) => walk(root, each))) {
    if (sources.size === MOST_FILES) break;
    const content = readText(join(root, path));
    if (content) sources.set(`${WORKSPACE}/${path}`, content);
  }
  if (sources.size === 0) throw new Error(`There are no source files in ${root}. Run this in a full clone.`);
  return sources;
}

/** Lists tracked files; `undefined` without git, in an unpacked archive, or before the first commit. */
function tracked(root: string): string[] | undefined {
  try {
    const output = execFileSync("git", ["ls-files", "-z"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 64 * 1024 * 1024,
    });
    const paths = new Set(output.split("\0").filter((path) => path !== ""));
    return paths.size > 0 ? [...paths] : undefined;
  } catch {
    return undefined;
  }
}

function walk(root: string, directory: string): string[] {
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = `${directory}/${entry.name}`;
    if (entry.name.startsWith(".") || NOT_WALKED.has(entry.name)) return [];
    return entry.isDirectory() ? walk(root, path) : [path];
  });
}

/** Reads a text file; `undefined` if it is missing, a link, a submodule, large, empty, or not text. */
function readText(path: string): Buffer | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size === 0 || stat.size > LARGEST_FILE) return undefined;
  const content = readFileSync(path);
  if (content.includes(0)) return undefined;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(content);
    return content;
  } catch {
    return undefined;
  }
}
