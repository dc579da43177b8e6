import { mkdirSync, readdirSync, writeFileSync } from "node:fs";

// jest writes its results there, and does not make the folder.
mkdirSync(".results", { recursive: true });

/** Base of every package's jest.config.mjs. Results go where `scripts/run.mjs` sums them. */
const base = {
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
  testTimeout: 60_000,
};

export default base;

/**
 * Configuration of a package whose tests need servers, which are started unless `with-servers` has started them.
 * @param servers `postgres`, `minio`
 * @param needs For each server that may be missing, the test files that need it, as a pattern of their paths below
 *   `test/`. When `with-servers` did not find it they are not run, and `scripts/run.mjs` reports them.
 */
export function withServers(servers, needs = {}) {
  // `test:unit` must not need a server.
  if (process.argv.includes("unit/")) return base;
  const missing = JSON.parse(process.env.TEST_SERVERS_MISSING ?? "{}");
  const notRun = Object.entries(needs)
    .filter(([server]) => Object.hasOwn(missing, server))
    .map(([server, files]) => ({
      server,
      reason: missing[server],
      files: testFiles().filter((file) => files.test(file)),
    }));
  const left = notRun.flatMap(({ files }) => files);
  if (left.length > 0) writeFileSync(".results/not-run.json", JSON.stringify(notRun));
  return {
    ...base,
    globalSetup: "@deepagents-internal/servers/jest-global-setup",
    globalTeardown: "@deepagents-internal/servers/jest-global-teardown",
    globals: { servers },
    ...(left.length > 0 && {
      testPathIgnorePatterns: left.map((file) => `/test/${file.replaceAll(".", "\\.")}$`),
      passWithNoTests: true,
    }),
  };
}

const testFiles = () =>
  readdirSync("test", { recursive: true })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".test.ts"))
    .sort();
