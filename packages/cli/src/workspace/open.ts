import { userInfo } from "node:os";
import type { PostgresBackendOptions } from "@deepagents-remote/backend-postgres";
import type { S3BackendOptions } from "@deepagents-remote/backend-s3";
import type {
  Author,
  BackendProtocolV2,
  Health,
  NamespacedBackend,
  RemoteBackend,
} from "@deepagents-remote/core";
import { CommandError } from "../support/exit.js";
import type { Io } from "../support/io.js";
import { configured } from "./config.js";
import type { WorkspaceConfig } from "./config-type.js";
import { backendOfModule, isBackend } from "./module.js";
import { hasPassword, postgresOptions } from "./postgres.js";
import { promptSecret } from "./prompt.js";
import { s3Options } from "./s3.js";

/** An open workspace. */
export interface Workspace {
  readonly backend: BackendProtocolV2;
  /** Name for people and for the state of `sync`, without secrets. */
  readonly label: string;
  readonly kind: "postgres" | "s3" | "module";
  /** Answers a health probe, if the backend has one. */
  readonly health?: () => Promise<Health>;
  /** Prepares the storage, if the backend has to. */
  readonly initialize?: () => Promise<void>;
  close(): Promise<void>;
}

/** How a command opens a workspace. */
export interface OpenMode {
  /** The command changes files. Otherwise the backend is read-only, and creates nothing. Default `false`. */
  readonly writes?: boolean;
  /** The command needs the history. Default `false`. */
  readonly history?: boolean;
  /** Writes are refused where the file has changed since it was read. Default `false`: files are replaced. */
  readonly guarded?: boolean;
}

/** Settings of all workspaces of a command. */
export interface OpenSettings extends OpenMode {
  readonly namespace: readonly string[];
  /** Prompt for the password of the database. */
  readonly password: boolean;
}

const ENVIRONMENT = "DEEPAGENTS_WORKSPACE";

const HOW = `Name a workspace: postgres://user@host/database, s3://bucket/prefix, ./module.mjs or @name; or set ${ENVIRONMENT}, or a default in deepagents-remote.config.mjs.`;

/**
 * Opens a workspace, without a connection yet.
 * @param argument As in the command line; `undefined` for the default.
 * @throws CommandError `usage`
 */
export async function openWorkspace(
  argument: string | undefined,
  io: Io,
  settings: OpenSettings,
): Promise<Workspace> {
  if (argument !== undefined && /^postgres(ql)?:/i.test(argument) && hasPassword(argument)) {
    throw new CommandError(
      "usage",
      "A password in an argument is visible to all users of this machine. Set PGPASSWORD, or give --password to be asked for it.",
    );
  }
  const name = argument?.startsWith("@") ? argument.slice(1) : undefined;
  if (argument !== undefined && name === undefined) return openConfig(argument, io.cwd, io, settings);
  const fromEnvironment = name === undefined ? io.env[ENVIRONMENT] : undefined;
  if (fromEnvironment) return openDefault(fromEnvironment, io, settings);
  const found = await configured(name, io.cwd);
  if (!found) throw new CommandError("usage", HOW);
  return openConfig(found.workspace, found.folder, io, settings);
}

/** Opens the workspace of the environment, which may have a password or name one of the configuration. */
const openDefault = (text: string, io: Io, settings: OpenSettings): Promise<Workspace> =>
  text.startsWith("@") ? openWorkspace(text, io, settings) : openConfig(text, io.cwd, io, settings);

async function openConfig(
  given: WorkspaceConfig,
  folder: string,
  io: Io,
  settings: OpenSettings,
): Promise<Workspace> {
  if (typeof given === "string") {
    if (/^postgres(ql)?:\/\//i.test(given)) {
      const password = settings.password ? await promptSecret("Password: ", io) : undefined;
      return openPostgres(postgresOptions(given, io.env, password), settings);
    }
    if (/^s3:\/\//i.test(given)) return openS3(s3Options(given), settings);
    return openForeign(await backendOfModule(given, folder), `module:${given}`, settings);
  }
  if (typeof given === "function") return openForeign(await given(), "module:config", settings);
  if (isBackend(given)) return openForeign(given, "module:config", settings);
  if ("postgres" in given) return openPostgres(given.postgres, settings);
  if ("s3" in given) return openS3(given.s3, settings);
  throw new CommandError("usage", `${HOW} The configuration has something else.`);
}

async function openPostgres(options: PostgresBackendOptions, settings: OpenSettings): Promise<Workspace> {
  const { PostgresBackend } = await import("@deepagents-remote/backend-postgres");
  const backend = new PostgresBackend({
    minPoolSize: 0,
    maxPoolSize: 4,
    ...options,
    ...common(options, settings),
  });
  const { url, host = "localhost", database = "deepagents", table = "agent_files" } = options;
  const place =
    url?.replace(/^([a-z]+:\/\/)[^@/?]*@/i, "$1").replace(/\?.*/s, "") ?? `postgres://${host}/${database}`;
  return opened(backend, "postgres", `${place}#${table}`, options.namespace, settings);
}

async function openS3(options: S3BackendOptions, settings: OpenSettings): Promise<Workspace> {
  const { S3Backend } = await import("@deepagents-remote/backend-s3");
  const backend = new S3Backend({ ...options, ...common(options, settings) });
  const label = `s3://${options.bucket}/${options.prefix ?? ""}${options.endpointUrl ? ` at ${options.endpointUrl}` : ""}`;
  return opened(backend, "s3", label, options.namespace, settings);
}

/** Options that the command decides: nothing is created or changed by one that only reads. */
function common(
  { readOnly, history }: PostgresBackendOptions,
  { writes = false, history: needsHistory = false, guarded = false }: OpenSettings,
): Pick<PostgresBackendOptions, "readOnly" | "history" | "writeMode"> {
  const kept = history ?? needsHistory;
  return {
    readOnly: readOnly || !writes,
    ...(guarded && { writeMode: "guarded" }),
    history: kept === true ? { by: author } : kept,
  };
}

/** Author of changes, where the history is kept. */
function author(): Author {
  try {
    return { agent: "deepagents-files", user: userInfo().username };
  } catch {
    // The user has no name, as in containers with an arbitrary user id.
    return { agent: "deepagents-files" };
  }
}

function opened(
  remote: RemoteBackend,
  kind: Workspace["kind"],
  label: string,
  given: unknown,
  { namespace }: OpenSettings,
): Workspace {
  const components = [...(Array.isArray(given) ? given : []), ...namespace];
  const backend: NamespacedBackend = namespace.length > 0 ? remote.withNamespace(namespace) : remote;
  const place = components.length > 0 ? ` in ${components.join("/")}` : "";
  return {
    backend,
    kind,
    label: `${label}${place}`,
    health: () => remote.check(),
    initialize: () => remote.initialize(),
    close: () => remote.close(),
  };
}

function openForeign(backend: BackendProtocolV2, label: string, { namespace }: OpenSettings): Workspace {
  const foreign = backend as Partial<RemoteBackend>;
  const parts = {
    kind: "module" as const,
    ...(foreign.check && { health: () => foreign.check!() }),
    close: async () => await foreign.close?.(),
  };
  if (namespace.length === 0) return { backend, label, ...parts };
  const { withNamespace } = foreign;
  if (!withNamespace)
    throw new CommandError("usage", "This backend has no namespaces; leave out --namespace.");
  const inner = withNamespace.call(backend, namespace);
  return { backend: inner, label: `${label} in ${namespace.join("/")}`, ...parts };
}
