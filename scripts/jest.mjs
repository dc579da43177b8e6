#!/usr/bin/env node
/**
 * Runs the tests of the package in the current folder.
 *
 * usage: jest.mjs [pattern of a test file's path in the repository ...] [option of jest ...]
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { endLike, run } from "./process.mjs";
import { testFiles } from "./test-files.mjs";

const parameters = process.argv.slice(2);
const at = parameters.findIndex((each) => each.startsWith("-"));
const [patterns, options] = at < 0 ? [parameters, []] : [parameters.slice(0, at), parameters.slice(at)];
const files = patterns.length > 0 ? ["--runTestsByPath", ...testFiles(process.cwd(), patterns)] : [];
const config = fileURLToPath(new URL("../jest.config.mjs", import.meta.url));
const require = createRequire(import.meta.url);
const jest = require.resolve("jest/bin/jest");
// pnpm's launcher sets NODE_PATH to the packages of the workspace, which projects of tests must not see.
const { NODE_PATH: _, ...env } = process.env;
endLike(
  await run(
    process.execPath,
    [
      ...["--experimental-vm-modules", "--no-warnings", jest, "--config", config],
      ...["--json", "--outputFile=.results/jest.json", ...options, ...files],
    ],
    { env },
  ),
);
