import { mkdirSync } from "node:fs";

// jest writes its results there, and does not make the folder.
mkdirSync(".results", { recursive: true });

/** What every package's jest.config.mjs starts from. Results go where `scripts/run.mjs` sums them. */
export default {
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
