import { defineConfig, type Options } from "tsup";

/**
 * The suite is built once, into its own entry; the entries beside it import that one. `splitting` would do the same, but
 * its source maps of CommonJS lead nowhere.
 */
const suiteOnce: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "suite-once",
  setup(build) {
    const extension = build.initialOptions.format === "cjs" ? "cjs" : "js";
    build.onResolve({ filter: /^(\.|\.\.\/conformance)\/index\.js$/ }, ({ path, importer }) => {
      if (!/[\\/]src[\\/](conformance|cli)[\\/][^\\/]+$/.test(importer)) return undefined;
      return { path: path.replace("../", "./").replace(/js$/, extension), external: true };
    });
  },
};

const shared: Options = {
  target: "node20",
  sourcemap: true,
  // There is no module `test` without it.
  removeNodeProtocol: false,
  esbuildPlugins: [suiteOnce],
};

export default defineConfig([
  {
    ...shared,
    entry: {
      index: "src/index.ts",
      "conformance/index": "src/conformance/index.ts",
      "conformance/jest": "src/conformance/jest.ts",
      "conformance/node": "src/conformance/node.ts",
      "conformance/vitest": "src/conformance/vitest.ts",
    },
    format: ["esm", "cjs"],
    dts: true,
    // Both are built at the same time.
    clean: ["!cli.js*"],
  },
  { ...shared, entry: { cli: "src/cli/bin.ts" }, format: ["esm"] },
]);
