import { RemoteBackendError } from "@deepagents-remote/core";
import type { PostgresBackendOptions, SslMode } from "./options.js";

/** Where to connect and how, with every default filled in. */
export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | (() => string | Promise<string>);
  readonly sslmode: SslMode;
  readonly ca: string | undefined;
  readonly minPoolSize: number;
  readonly maxPoolSize: number;
  readonly connectTimeoutMs: number;
  readonly prepare: boolean;
}

/** Parameters of a URL that mean something here; any other would be dropped in silence. */
const URL_PARAMETERS = ["sslmode", "host"];

/** Defaults are those of the Python package. */
export function connectionSettings(owner: string, options: PostgresBackendOptions): ConnectionSettings {
  const refuse = (why: string): never => {
    throw new RemoteBackendError("invalid-options", `${owner}: ${why}.`);
  };
  const place = options.url === undefined ? options : fromUrl(options.url, refuse);
  if (options.sslmode && "sslmode" in place && options.url !== undefined && place.sslmode) {
    refuse("option 'sslmode' is given twice, by itself and in 'url'");
  }
  const sslmode = options.sslmode ?? place.sslmode ?? "prefer";
  if (options.ca !== undefined && !["require", "verify-ca", "verify-full"].includes(sslmode)) {
    refuse(`option 'ca' needs 'sslmode' to be "require", "verify-ca" or "verify-full"`);
  }
  const maxPoolSize = options.maxPoolSize ?? 10;
  return {
    host: place.host ?? "localhost",
    port: place.port ?? 5432,
    database: place.database ?? "deepagents",
    user: place.user ?? "postgres",
    password: place.password ?? "postgres",
    sslmode,
    ca: options.ca,
    minPoolSize: options.minPoolSize ?? Math.min(2, maxPoolSize),
    maxPoolSize,
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    prepare: options.prepare ?? true,
  };
}

type Place = Pick<PostgresBackendOptions, "host" | "port" | "database" | "user" | "password" | "sslmode">;

/** The URL is never quoted in an error: it may hold a password. */
function fromUrl(text: string, refuse: (why: string) => never): Place {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return refuse(
      "option 'url' must be a URL with one host, such as postgres://user:password@host:5432/database",
    );
  }
  if (url.protocol !== "postgres:" && url.protocol !== "postgresql:") {
    refuse("option 'url' must start with postgres:// or postgresql://");
  }
  const unknown = [...url.searchParams.keys()].find((name) => !URL_PARAMETERS.includes(name));
  if (unknown !== undefined) {
    refuse(
      `option 'url' has a parameter '${unknown}'; known are ${URL_PARAMETERS.join(", ")} (use 'sql' for more)`,
    );
  }
  const sslmode = url.searchParams.get("sslmode");
  if (
    sslmode !== null &&
    !["disable", "allow", "prefer", "require", "verify-ca", "verify-full"].includes(sslmode)
  ) {
    refuse("option 'url' has an sslmode that libpq does not know");
  }
  const part = (value: string) => (value === "" ? undefined : decodeURIComponent(value));
  const place = {
    host: url.searchParams.get("host") ?? part(url.hostname)?.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? undefined : Number(url.port),
    database: part(url.pathname.slice(1)),
    user: part(url.username),
    password: part(url.password),
    sslmode: (sslmode as SslMode | null) ?? undefined,
  };
  return Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined));
}
