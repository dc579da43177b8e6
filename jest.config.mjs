import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { filesNotRun } from "./scripts/test-files.mjs";

/**
 * Servers that the tests of a package need. A server that may be missing has a pattern of the test files, below `test/`,
 * that need it: without it they are not run, and `npm test` reports them.
 */
const SERVERS = {
  examples: { postgres: undefined, minio: /^(composite|copy|examples|snippets)\./ },
  "internal/peers": { postgres: undefined, minio: /^(defects|subjects)\./ },
  "internal/servers": {
    postgres: undefined,
    minio: /^minio\./,
    versitygw: /^versitygw\./,
    pgbouncer: /^pgbouncer\./,
  },
  "packages/backend-postgres": { postgres: undefined, pgbouncer: /^pgbouncer\./ },
  "packages/cli": { postgres: undefined, minio: /^(?!unit\/)/ },
  "packages/backend-s3": { minio: /^(?!unit\/|versitygw\.)/, versitygw: /^versitygw\./ },
};

const root = fileURLToPath(new URL(".", import.meta.url));
const folder = process.cwd();
// jest writes its results there, and does not make the folder.
mkdirSync(join(folder, ".results"), { recursive: true });

/** Configuration of jest for all packages; `scripts/jest.mjs` runs it in one. */
export default {
  rootDir: folder,
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      {
        jsc: {
          target: "es2022",
          parser: { syntax: "typescript" },
          // A JSON module needs its `with`.
          experimental: { keepImportAttributes: true },
        },
        module: { type: "es6" },
      },
    ],
  },
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  // A test that takes that long hangs. No busy machine comes near it.
  testTimeout: 900_000,
  ...withServers(SERVERS[relative(root, folder).replaceAll(sep, "/")]),
};

function withServers(servers) {
  if (!servers || runsOnlyUnitTests()) return {};
  const notRun = filesNotRun(folder, servers, JSON.parse(process.env.TEST_SERVERS_MISSING ?? "{}"));
  const left = notRun.flatMap(({ files }) => files);
  if (left.length > 0) writeFileSync(join(folder, ".results", "not-run.json"), JSON.stringify(notRun));
  return {
    globalSetup: join(root, "internal", "servers", "dist", "jest-global-setup.js"),
    globals: { servers: Object.keys(servers) },
    ...(left.length > 0 && {
      testPathIgnorePatterns: left.map((file) => `${file.replace(/[.\\+*?[\](){}^$|]/g, "\\$&")}$`),
      passWithNoTests: true,
    }),
  };
}

/** These must not need a server. */
function runsOnlyUnitTests() {
  const files = process.argv.slice(2).filter((each) => /unit\/|\.test\.ts$/.test(each));
  return files.length > 0 && files.every((each) => each.includes("unit/"));
}
