import { existsSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Lists the test files of a package.
 * @param patterns Regular expressions; a file needs to match one of them by its path in the repository. Default: all.
 */
export function testFiles(folder, patterns = []) {
  const test = join(folder, "test");
  if (!existsSync(test)) return [];
  return readdirSync(test, { recursive: true })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join(test, name))
    .filter((file) => {
      const path = relative(root, file).replaceAll(sep, "/");
      return patterns.length === 0 || patterns.some((pattern) => new RegExp(pattern).test(path));
    })
    .sort();
}

/**
 * Lists the test files of a package that cannot run, because a server is missing.
 * @param servers For each server a pattern of the test files, below `test/`, that need it.
 * @param missing For each missing server the reason.
 */
export function filesNotRun(folder, servers, missing) {
  return Object.entries(servers)
    .filter(([server, pattern]) => pattern && Object.hasOwn(missing, server))
    .map(([server, pattern]) => ({
      reason: missing[server],
      files: testFiles(folder).filter((file) =>
        pattern.test(relative(join(folder, "test"), file).replaceAll(sep, "/")),
      ),
    }));
}
