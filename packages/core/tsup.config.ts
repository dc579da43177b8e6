import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    cli: "src/cli/bin.ts",
    "conformance/index": "src/conformance/index.ts",
    "conformance/jest": "src/conformance/jest.ts",
    "conformance/node": "src/conformance/node.ts",
    "conformance/vitest": "src/conformance/vitest.ts",
  },
  format: ["esm", "cjs"],
  target: "node20",
  dts: true,
  sourcemap: true,
  clean: true,
  // The suite is in one file, also for CommonJS.
  splitting: true,
  // There is no module `test` without it.
  removeNodeProtocol: false,
});
