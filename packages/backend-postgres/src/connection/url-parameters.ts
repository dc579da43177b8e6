import { readFileSync } from "node:fs";
import { type PostgresFileStoreOptions, refuse, SSL_MODES, type SslMode } from "../options.js";
import { SESSION_TARGETS, type TargetSessionAttrs } from "./session-check.js";

/** Settings from the parameters of a connection string, some of which have no option. */
export type UrlSettings = Pick<
  PostgresFileStoreOptions,
  "sslmode" | "ca" | "connectTimeoutMs" | "maxPoolSize" | "prepare" | "schema"
> & {
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly host?: string;
  readonly port?: string;
  readonly targetSessionAttrs?: TargetSessionAttrs;
  readonly channelBinding?: "disable" | "prefer" | "require";
  readonly applicationName?: string;
  /** Session settings as `-c name=value`. */
  readonly sessionOptions?: string;
};

type Reader = (value: string, name: string) => UrlSettings;

const text =
  (name: keyof UrlSettings): Reader =>
  (value) => ({ [name]: value });

/** Accepts these values of a parameter and ignores them, because they make no difference here. */
const harmless =
  (...values: readonly string[]): Reader =>
  (value, name) => {
    if (values.length > 0 && !values.includes(value)) {
      refuse(`option 'url' has ${name}=..., which is only supported as ${values.join(" or ")}`);
    }
    return {};
  };

const oneOf = <T extends string>(values: readonly T[], value: string, name: string): T =>
  values.find((one) => one === value) ??
  refuse(`option 'url' has a wrong ${name}: it may be ${values.join(", ")}`);

const number = (value: string, name: string): number =>
  /^\d{1,9}$/.test(value)
    ? Number(value)
    : refuse(`option 'url' has a wrong ${name}: it must be a whole number`);

const isTrue = (value: string, name: string): boolean => oneOf(["true", "false"], value, name) === "true";

/**
 * Supported parameters of connection strings: those of libpq, and those of node-postgres, Prisma and JDBC that
 * providers use. All others are refused instead of silently ignored.
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
 */
const PARAMETERS: Readonly<Record<string, Reader>> = {
  host: text("host"),
  port: text("port"),
  dbname: text("database"),
  user: text("user"),
  password: text("password"),
  application_name: text("applicationName"),
  options: text("sessionOptions"),
  schema: text("schema"),
  target_session_attrs: (value, name) => ({ targetSessionAttrs: oneOf(SESSION_TARGETS, value, name) }),
  // `no-verify` is the name in node-postgres for libpq's `require`.
  sslmode: (value, name) => ({
    sslmode: value === "no-verify" ? "require" : oneOf<SslMode>(SSL_MODES, value, name),
  }),
  ssl: (value, name) => ({ sslmode: isTrue(value, name) ? "require" : "disable" }),
  sslrootcert: (value) => (value === "system" ? { sslmode: "verify-full" } : { ca: readCertificate(value) }),
  // In libpq, 0 means no limit.
  connect_timeout: (value, name) => {
    const seconds = number(value, name);
    return seconds === 0 ? {} : { connectTimeoutMs: seconds * 1_000 };
  },
  connection_limit: (value, name) => ({ maxPoolSize: number(value, name) }),
  pgbouncer: (value, name) => (isTrue(value, name) ? { prepare: false } : {}),
  statement_cache_size: (value, name) => (number(value, name) === 0 ? { prepare: false } : {}),
  // postgres.js has no channel binding. `require` is accepted because Neon's connection strings contain it; `check()`
  // warns.
  channel_binding: (value, name) => ({
    channelBinding: oneOf(["disable", "prefer", "require"] as const, value, name),
  }),
  client_encoding: harmless("utf8", "UTF8", "auto"),
  gssencmode: harmless("disable", "prefer"),
  load_balance_hosts: harmless("disable"),
  sslcompression: harmless("0"),
  sslnegotiation: harmless("postgres"),
  sslsni: harmless("1"),
  ssl_min_protocol_version: harmless("TLSv1", "TLSv1.1", "TLSv1.2"),
  uselibpqcompat: harmless("true"),
  fallback_application_name: harmless(),
  keepalives: harmless("1"),
  keepalives_idle: harmless(),
  keepalives_interval: harmless(),
  keepalives_count: harmless(),
  tcp_user_timeout: harmless(),
  pool_timeout: harmless(),
  supa: harmless(),
  workaround: harmless(),
};

/**
 * Reads the parameters of a connection string.
 * @throws RemoteBackendError `invalid-options`
 */
export function readUrlParameters(parameters: ReadonlyMap<string, string>): UrlSettings {
  const settings: Record<string, unknown> = {};
  for (const [name, value] of parameters) {
    const read = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (read === undefined) {
      refuse(
        `option 'url' has the parameter '${name}', which is not supported; known are ${Object.keys(PARAMETERS).join(", ")} (use 'sql' for more)`,
      );
    }
    for (const [option, setting] of Object.entries(read(value, name))) {
      if (settings[option] !== undefined && settings[option] !== setting) {
        refuse(`option 'url' has parameters that contradict each other: '${name}' and another one`);
      }
      settings[option] = setting;
    }
  }
  return settings as UrlSettings;
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return refuse(
      `option 'url' has an sslrootcert that cannot be read (${code}); give the authority as 'ca'`,
    );
  }
}
