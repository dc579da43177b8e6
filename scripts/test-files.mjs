import { existsSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Lists the test files of a package.
 * @param patterns Regular expressions for paths in the repository; a file has to match one of them. Default: all files.
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
 * Lists the test files of a package that cannot run because a server is missing.
 * @param servers Pattern of the test files below `test/` that need each server.
 * @param missing Reason for each missing server.
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
