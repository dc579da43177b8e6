import { defineConfig } from "tsup";
import { publishedPackage } from "../../tsup.config.base.js";

export default defineConfig(
  publishedPackage(
    {
      index: "src/index.ts",
      adapter: "src/adapter.ts",
      "conformance/index": "src/conformance/index.ts",
      "conformance/jest": "src/conformance/jest.ts",
      "conformance/node": "src/conformance/node.ts",
      "conformance/vitest": "src/conformance/vitest.ts",
    },
    { cli: "src/cli/bin.ts" },
  ),
);
