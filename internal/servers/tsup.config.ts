import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    "jest-global-setup": "src/jest/global-setup.ts",
    "jest-global-teardown": "src/jest/global-teardown.ts",
    "with-servers": "src/cli/with-servers.ts",
  },
  format: ["esm"],
  target: "node20",
  dts: { entry: { index: "src/index.ts" } },
  sourcemap: true,
  clean: true,
});
