import { bold, bytes, count, dim, time } from "./printing.js";

export interface StoredFile {
  path: string;
  size: number;
  modified: string;
}

/** Depth from which a directory is shown as one line. */
const DEPTH = 3;
/** Maximum number of files to show per directory, the newest ones. */
const SHOWN = 5;

/** Renders a tree of files with sizes and times, in which large and deep directories are folded. */
export function renderTree(files: StoredFile[]): string[] {
  return [line("/", files), ...below("/", files, "", 1)];
}

function below(directory: string, files: StoredFile[], indent: string, depth: number): string[] {
  const directories = new Map<string, StoredFile[]>();
  const direct: StoredFile[] = [];
  for (const file of files) {
    const [name = "", ...rest] = file.path.slice(directory.length).split("/");
    if (rest.length === 0) direct.push(file);
    else directories.set(name, [...(directories.get(name) ?? []), file]);
  }
  const newest = new Set([...direct].sort((a, b) => (a.modified < b.modified ? 1 : -1)).slice(0, SHOWN));
  const folded = direct.filter((file) => !newest.has(file));
  const entries: ((indent: string, branch: string) => string[])[] = [];
  for (const [name, inside] of directories) {
    entries.push((own, branch) => [
      line(`${branch}${name}/`, inside),
      ...(depth < DEPTH ? below(`${directory}${name}/`, inside, own, depth + 1) : []),
    ]);
  }
  if (folded.length > 0) {
    entries.push((_own, branch) => [line(`${branch}… ${count(folded.length, "more file")}`, folded, false)]);
  }
  for (const file of direct.filter((each) => newest.has(each))) {
    entries.push((_own, branch) => [line(`${branch}${file.path.slice(directory.length)}`, [file], false)]);
  }
  return entries.flatMap((entry, index) => {
    const last = index === entries.length - 1;
    return entry(`${indent}${last ? "   " : "│  "}`, `${indent}${last ? "└─ " : "├─ "}`);
  });
}

function line(name: string, files: StoredFile[], directory = true): string {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const newest = files
    .map((file) => file.modified)
    .sort()
    .at(-1);
  const number = directory ? count(files.length, "file") : "";
  const columns = `${number.padStart(10)} ${bytes(size).padStart(9)}   ${time(newest || undefined)}`;
  return `${directory ? bold(name.padEnd(44)) : name.padEnd(44)} ${dim(columns)}`;
}
