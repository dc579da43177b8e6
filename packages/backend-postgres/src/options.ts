import type { RemoteBackendOptions } from "@deepagents-remote/core";
import {
  checkOptions,
  type OptionRule,
  optionRules,
  otherRemoteBackendOptionNames,
  refuseOptions,
  remoteBackendOptionRules,
} from "@deepagents-remote/core/adapter";
import type { Sql } from "postgres";

const { flag, integer, milliseconds, oneOf, target, text } = optionRules;

export const SSL_MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;

/** TLS modes of libpq; `allow` is treated as `prefer`. */
export type SslMode = (typeof SSL_MODES)[number];

/** Options of `PostgresFileStore`: the database (as single fields, `url` or `sql`), and the table in it. */
export interface PostgresFileStoreOptions {
  /** Host name, IP address, or directory of a Unix socket. Default `localhost`. */
  host?: string | undefined;
  /** Port of the server. Default 5432. */
  port?: number | undefined;
  /** Name of the database. Default `deepagents`. */
  database?: string | undefined;
  /** Role to connect as. Default `postgres`. */
  user?: string | undefined;
  /**
   * Password, or a function that returns one for each new connection (for tokens that expire) within
   * `connectTimeoutMs`. Default `postgres`.
   */
  password?: string | (() => string | Promise<string>) | undefined;
  /**
   * Connection string `postgres://user:password@host:port/database?sslmode=...`, instead of the five options above.
   * Accepts connection strings of libpq, including several hosts and `target_session_attrs`, and those of hosting
   * providers. Unsupported parameters are refused.
   */
  url?: string | undefined;
  /** Client of postgres.js owned by the caller, instead of all connection options. This package never closes it. */
  sql?: Sql | undefined;
  /** TLS mode of the connection. Default `prefer`; use `verify-full` in production. */
  sslmode?: SslMode | undefined;
  /** Certificate authority in PEM, for `require`, `verify-ca` and `verify-full`. Default: Node's own list. */
  ca?: string | undefined;
  /** Number of connections that `initialize()` opens in advance. Default 2. */
  minPoolSize?: number | undefined;
  /** Maximum number of connections. Default 10. */
  maxPoolSize?: number | undefined;
  /** Maximum time to establish a connection to each host, in milliseconds. Default 10,000. */
  connectTimeoutMs?: number | undefined;
  /** Idle time after which a connection is closed, in milliseconds; 0 disables the limit. Default 60,000. */
  idleTimeoutMs?: number | undefined;
  /**
   * Age at which a connection is closed, in milliseconds, less a random part of up to a quarter; 0 disables the limit.
   * Default 3,600,000.
   */
  maxLifetimeMs?: number | undefined;
  /**
   * Share one pool among all backends of this process with the same connection options. The last `close()` ends it.
   * Default `true`.
   */
  sharePool?: boolean | undefined;
  /**
   * Use prepared statements; `false` for PgBouncer in transaction mode. Default `true`, but `false` on Supabase's port
   * 6543.
   */
  prepare?: boolean | undefined;
  /** Maximum duration of a statement, in milliseconds, after which it is canceled. Default 30,000. */
  statementTimeoutMs?: number | undefined;
  /** Name of the table. Default `agent_files`. */
  table?: string | undefined;
  /** Schema of the table. Default: the first one in the connection's search path. */
  schema?: string | undefined;
  /**
   * Trigram index for `grep`: `auto` creates it with a new table if the extension `pg_trgm` is available; `on` does
   * too, but fails if the extension is not available; `off` never creates it. For a table that has rows, call
   * `createSearchIndex()`. The index makes searches up to a hundred times faster and writes three to six times slower.
   * Default `auto`.
   */
  searchIndex?: "auto" | "on" | "off" | undefined;
  /** Create nothing and change nothing. Default `false`. */
  readOnly?: boolean | undefined;
  /**
   * Keep the history of the files: `initialize()` installs a trigger that records every change, also by other programs.
   * `by` is used by `PostgresBackend` only. Default `false`: nothing is installed, and an existing trigger goes on.
   */
  history?: RemoteBackendOptions["history"];
}

/** Default of `statementTimeoutMs`. */
export const DEFAULT_STATEMENT_TIMEOUT_MS = 30_000;

/** Options of `PostgresBackend`: those of `PostgresFileStore`, and those common to all backends. */
export interface PostgresBackendOptions extends PostgresFileStoreOptions, RemoteBackendOptions {}

/** Identifier that PostgreSQL does not truncate. */
const identifier: OptionRule = {
  accepts: "a name of 1 to 63 bytes without control characters",
  test: (value) =>
    typeof value === "string" &&
    value.isWellFormed() &&
    /^[^\u0000-\u001f\u007f]+$/.test(value) &&
    Buffer.byteLength(value) <= 63,
  types: ["string"],
};

/** Name of a table without its schema. */
const table: OptionRule = {
  ...identifier,
  accepts: `${identifier.accepts} or dots`,
  test: (value) => identifier.test(value) && !(value as string).includes("."),
  explain: (value) =>
    typeof value === "string" && value.includes(".")
      ? "give the part before the dot as 'schema' and the part behind it as 'table'"
      : undefined,
};

const PG_CLIENT =
  "a client of the package pg cannot be used: give its connection string as 'url', or a client made by postgres() of the package postgres as 'sql'";

/** True for a `Pool` or `Client` of the package pg, which has no template function. */
const isPgClient = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  typeof (value as { query?: unknown }).query === "function" &&
  typeof (value as { connect?: unknown }).connect === "function";

const client: OptionRule = {
  accepts: "a client made by postgres(), not a transaction or a reserved connection",
  test: (value) =>
    typeof value === "function" &&
    "unsafe" in value &&
    "end" in value &&
    !("savepoint" in value) &&
    !("release" in value),
  explain(value) {
    if (isPgClient(value)) return PG_CLIENT;
    return typeof value === "string" ? "give a connection string as 'url'" : undefined;
  },
};

const password: OptionRule = {
  accepts: "a string or a function",
  test: (value) => typeof value === "string" || typeof value === "function",
  types: ["string", "function"],
};

/** Time limit in milliseconds; 0 disables it. */
const limit: OptionRule = integer(0, 2 ** 31 - 1);

const host: OptionRule = {
  accepts: "the name or address of one host, or the directory of a Unix socket",
  test: (value) => text.test(value) && !(value as string).includes(","),
  types: ["string"],
};

const connectionRules = {
  host: target(host),
  port: target(integer(1, 65_535)),
  database: target(text),
  user: target(text),
  password: target(password),
  url: target(text),
  sslmode: oneOf(...SSL_MODES),
  ca: text,
  minPoolSize: integer(0, 1_000),
  maxPoolSize: integer(1, 1_000),
  connectTimeoutMs: milliseconds,
  idleTimeoutMs: limit,
  maxLifetimeMs: limit,
  sharePool: flag,
  prepare: flag,
};

export const storeRules = {
  ...connectionRules,
  sql: target(client),
  statementTimeoutMs: milliseconds,
  table: target(table),
  schema: target(identifier),
  searchIndex: oneOf("auto", "on", "off"),
  readOnly: flag,
  history: remoteBackendOptionRules.history,
} satisfies Record<keyof PostgresFileStoreOptions, OptionRule>;

export const backendRules = {
  ...storeRules,
  ...remoteBackendOptionRules,
} satisfies Record<keyof PostgresBackendOptions, OptionRule>;

/** Names of these options in other clients, for suggestions. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  ...otherRemoteBackendOptionNames,
  connection: "url",
  connectionString: "url",
  databaseUrl: "url",
  dsn: "url",
  uri: "url",
  ssl: `give 'sslmode', such as "require" or "verify-full", and a certificate authority as 'ca'`,
  tls: "sslmode",
  hostname: "host",
  server: "host",
  username: "user",
  pass: "password",
  pwd: "password",
  db: "database",
  dbname: "database",
  tableName: "table",
  schemaName: "schema",
  max: "maxPoolSize",
  min: "minPoolSize",
  poolSize: "maxPoolSize",
  client: "sql",
  pool: "sql",
  connectionTimeoutMillis: "connectTimeoutMs",
  connect_timeout: "connectTimeoutMs",
  idleTimeoutMillis: "idleTimeoutMs",
  idle_timeout: "idleTimeoutMs",
  max_lifetime: "maxLifetimeMs",
  query_timeout: "statementTimeoutMs",
};

/** Prefix of option error messages. */
const OWNER = "PostgreSQL";

/**
 * Rejects the options.
 * @throws RemoteBackendError `invalid-options`
 */
export function refuse(why: string): never {
  refuseOptions(OWNER, why);
}

/**
 * Checks every option individually and in combination with the others.
 * @param rules `storeRules` or `backendRules`.
 * @throws RemoteBackendError `invalid-options`, naming the option and what it accepts.
 */
export function checkPostgresOptions(
  options: PostgresFileStoreOptions,
  rules: Readonly<Record<string, OptionRule>>,
): void {
  if (typeof options === "string") refuse("options must be an object: give a connection string as { url }");
  if (typeof options === "function")
    refuse("options must be an object: give a client made by postgres() as { sql }");
  if (isPgClient(options) || Object.values(options ?? {}).some(isPgClient)) refuse(PG_CLIENT);
  checkOptions(OWNER, options, rules, OTHER_NAMES);
  const given = (name: string) => options[name as keyof PostgresFileStoreOptions] !== undefined;
  if (options.sql) {
    const other = Object.keys(connectionRules).find(given);
    if (other) refuse(`option '${other}' cannot be combined with 'sql', which already has a connection`);
  }
  if (options.url !== undefined) {
    const other = ["host", "port", "database", "user", "password"].find(given);
    if (other) refuse(`option '${other}' cannot be combined with 'url'; give it in the URL`);
  }
  if ((options.minPoolSize ?? 0) > (options.maxPoolSize ?? 10)) {
    refuse("option 'minPoolSize' must not be larger than 'maxPoolSize' (default 10)");
  }
}
