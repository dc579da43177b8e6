import { defineConfig } from "tsup";
import { publishedPackage } from "../../tsup.config.base.js";

export default defineConfig(publishedPackage({ index: "src/index.ts" }, { bin: "src/bin.ts" }));
