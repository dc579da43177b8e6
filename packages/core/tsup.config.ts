import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    "conformance/index": "src/conformance/index.ts",
    "conformance/jest": "src/conformance/jest.ts",
  },
  format: ["esm", "cjs"],
  target: "node20",
  dts: true,
  sourcemap: true,
  clean: true,
});
