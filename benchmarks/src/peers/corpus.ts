import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Larger files are bundles that nobody writes by hand. */
const MAX_BYTES = 64 * 1024;

/** A text file with a path of its own. */
export type TextFile = readonly [path: string, content: Uint8Array];

/** Returns sources of the packages that are installed here, in the order of their paths: real text. */
export function corpus(count: number): readonly TextFile[] {
  const store = fileURLToPath(new URL("../../../node_modules/.pnpm", import.meta.url));
  const files = new Map<string, Uint8Array>();
  for (const version of readdirSync(store)
    .sort()
    .filter((name) => name.includes("@"))) {
    const folder = join(store, version, "node_modules");
    for (const path of textFiles(folder)) {
      // Several versions of a package have the same paths.
      if (files.has(path)) continue;
      const content = readFileSync(join(folder, path));
      if (content.length > 0 && content.length <= MAX_BYTES) files.set(path, content);
      if (files.size === count) return [...files].map(([key, bytes]) => [`/${key}`, bytes]);
    }
  }
  throw new Error(`There are only ${files.size} files, and ${count} were asked for.`);
}

const textFiles = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(js|ts|md|json)$/.test(entry.name))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
