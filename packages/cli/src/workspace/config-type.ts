import type { PostgresBackendOptions } from "@deepagents-remote/backend-postgres";
import type { S3BackendOptions } from "@deepagents-remote/backend-s3";
import type { BackendProtocolV2 } from "@deepagents-remote/core";

/**
 * A workspace: what an argument of the command may be (a URL, or the path of a module, relative to the configuration
 * file); options of an adapter; or any backend of Deep Agents, or a function that returns one.
 */
export type WorkspaceConfig =
  | string
  | { readonly postgres: PostgresBackendOptions }
  | { readonly s3: S3BackendOptions }
  | BackendProtocolV2
  | (() => BackendProtocolV2 | Promise<BackendProtocolV2>);

/** Default export of `deepagents-remote.config.mjs`. */
export interface CliConfig {
  /** Workspaces by name. An argument `@name` means the one of that name. */
  readonly workspaces: Readonly<Record<string, WorkspaceConfig>>;
  /** Name of the workspace that commands use without an argument. Default: none. */
  readonly default?: string | undefined;
}

/** Returns the configuration as it is, and gives editors its type. */
export const defineConfig = (config: CliConfig): CliConfig => config;
