import { dirname } from "node:path";
import type { Sql } from "postgres";
import { type PostgresFileStoreOptions, refuse, type SslMode } from "../options.js";
import { parseConnectionUrl } from "./connection-url.js";
import type { TargetSessionAttrs } from "./session-check.js";
import { readUrlParameters } from "./url-parameters.js";

/** Address of a server. A host that starts with a slash is the directory of a Unix socket. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Connection settings with all defaults filled in. */
export interface ConnectionSettings {
  /** Servers to try, in order. */
  readonly hosts: readonly Address[];
  readonly targetSessionAttrs: TargetSessionAttrs;
  readonly database: string;
  readonly user: string;
  readonly password: string | (() => string | Promise<string>);
  readonly sslmode: SslMode;
  /**
   * True if the connection string requires channel binding, and no other setting protects against a man in the middle.
   */
  readonly lacksChannelBinding: boolean;
  readonly ca: string | undefined;
  readonly minPoolSize: number;
  readonly maxPoolSize: number;
  readonly connectTimeoutMs: number;
  /** In milliseconds; 0 disables the limit. */
  readonly idleTimeoutMs: number;
  /** In milliseconds; 0 disables the limit. */
  readonly maxLifetimeMs: number;
  readonly sharePool: boolean;
  readonly prepare: boolean;
  /** Schema of the table; `undefined` for the first one in the search path. */
  readonly schema: string | undefined;
  /** Parameters of the startup message. */
  readonly session: Readonly<Record<string, string>>;
}

/** Port of Supabase's pooler in transaction mode, where prepared statements do not survive a transaction. */
const TRANSACTION_POOLER_PORT = 6543;

/** Resolves the options. Defaults match the README of the Python package, from which its code differs. */
export function connectionSettings(options: PostgresFileStoreOptions): ConnectionSettings {
  const place = options.url === undefined ? fromFields(options) : fromUrl(options.url);
  const { settings } = place;
  const given = <Name extends keyof PostgresFileStoreOptions & keyof typeof settings>(name: Name) => {
    if (options[name] !== undefined && settings[name] !== undefined) {
      refuse(`option '${name}' is given twice, by itself and in 'url'`);
    }
    return (options[name] ?? settings[name]) as PostgresFileStoreOptions[Name];
  };
  const sslmode = given("sslmode") ?? "prefer";
  const ca = given("ca");
  if (ca !== undefined && !["require", "verify-ca", "verify-full"].includes(sslmode)) {
    refuse(`option 'ca' needs 'sslmode' to be "require", "verify-ca" or "verify-full"`);
  }
  const maxPoolSize = given("maxPoolSize") ?? 10;
  const { database = "deepagents", user = "postgres" } = place;
  return {
    hosts: place.hosts,
    targetSessionAttrs: settings.targetSessionAttrs ?? "any",
    database,
    user,
    password: place.password ?? "postgres",
    sslmode,
    lacksChannelBinding: settings.channelBinding === "require" && sslmode !== "verify-full",
    ca,
    minPoolSize: options.minPoolSize ?? Math.min(2, maxPoolSize),
    maxPoolSize,
    connectTimeoutMs: given("connectTimeoutMs") ?? 10_000,
    idleTimeoutMs: options.idleTimeoutMs ?? 60_000,
    maxLifetimeMs: options.maxLifetimeMs ?? 3_600_000,
    sharePool: options.sharePool ?? true,
    prepare: given("prepare") ?? place.hosts.every(({ port }) => port !== TRANSACTION_POOLER_PORT),
    schema: given("schema"),
    session: {
      user,
      database,
      client_encoding: "UTF8",
      application_name: settings.applicationName ?? "deepagents-remote",
      ...(settings.sessionOptions !== undefined && { options: settings.sessionOptions }),
    },
  };
}

/** Describes the database and its address without secrets: `database app at db.example:5432`. */
export function describeDatabase({
  hosts,
  database,
}: Pick<ConnectionSettings, "hosts" | "database">): string {
  const addresses = hosts.map(({ host, port }) => `${host.includes(":") ? `[${host}]` : host}:${port}`);
  // Omits an unusual name, which could contain a phrase that deepagents interprets as a missing file.
  const name = /^[\w.-]+$/.test(database) ? ` ${database}` : "";
  return `database${name} at ${addresses.join(", ")}`;
}

/** Describes the database of a caller's client in the same way. */
export function describeClient({ options: { path: socket, host, port, database } }: Sql): string {
  const hosts = port.map((one, i) => ({ host: socket ? dirname(String(socket)) : host[i]!, port: one }));
  return describeDatabase({ hosts, database });
}

type Place = Pick<PostgresFileStoreOptions, "database" | "user" | "password"> & {
  readonly hosts: readonly Address[];
  readonly settings: ReturnType<typeof readUrlParameters>;
};

function fromFields({
  host = "localhost",
  port = 5432,
  database,
  user,
  password,
}: PostgresFileStoreOptions): Place {
  return { hosts: [{ host, port }], database, user, password, settings: {} };
}

/** Parses the connection string. Errors never quote it, because it may contain a password. */
function fromUrl(text: string): Place {
  const parts = parseConnectionUrl(text);
  const settings = readUrlParameters(parts.parameters);
  return {
    hosts: addresses(settings.host ?? parts.hosts, settings.port),
    database: settings.database ?? parts.database,
    user: settings.user ?? parts.user,
    password: settings.password ?? parts.password,
    settings,
  };
}

/** Parses hosts with ports: `a:1,b` or, as a parameter, `/run/postgresql`. A single port applies to all hosts. */
function addresses(hosts: string, ports = ""): readonly Address[] {
  const portList = ports.split(",");
  return hosts.split(",").map((one, i) => {
    const [, bracketed, name, own] = /^(?:\[(.*)\]|(\/.*|[^:]*|[^:]*:.*:.*?))(?::(\d+))?$/.exec(one) ?? [];
    const port = Number(own ?? portList[i] ?? portList[0]) || 5432;
    if (port > 65_535) refuse("option 'url' has a port above 65535");
    return { host: bracketed ?? (name || "localhost"), port };
  });
}
