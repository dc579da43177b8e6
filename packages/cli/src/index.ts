export { type CliConfig, defineConfig, type WorkspaceConfig } from "./workspace/config-type.js";
