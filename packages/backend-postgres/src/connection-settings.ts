import { type PostgresFileStoreOptions, refuse, SSL_MODES, type SslMode } from "./options.js";

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

const EXAMPLE = "postgres://user:password@host:5432/database";

/** Defaults are those of the Python package. */
export function connectionSettings(options: PostgresFileStoreOptions): ConnectionSettings {
  const place = options.url === undefined ? options : fromUrl(options.url);
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

type Place = Pick<PostgresFileStoreOptions, "host" | "port" | "database" | "user" | "password" | "sslmode">;

/** The URL is never quoted in an error: it may hold a password. */
function fromUrl(text: string): Place {
  const { url, parts } =
    parse(text) ?? refuse(`option 'url' must be a URL with one host, such as ${EXAMPLE}`);
  if (url.protocol !== "postgres:" && url.protocol !== "postgresql:") {
    refuse("option 'url' must start with postgres:// or postgresql://");
  }
  const unknown = [...url.searchParams.keys()].find((name) => !URL_PARAMETERS.includes(name));
  if (unknown !== undefined) {
    refuse(
      `option 'url' has a parameter '${unknown}'; known are ${URL_PARAMETERS.join(", ")} (use 'sql' for more)`,
    );
  }
  const sslmode = url.searchParams.get("sslmode") as SslMode | null;
  if (sslmode !== null && !SSL_MODES.includes(sslmode))
    refuse("option 'url' has an sslmode that libpq does not know");
  const [hostname, database, user, password] = parts;
  const host = url.searchParams.get("host") ?? hostname?.replace(/^\[(.*)\]$/, "$1");
  const place = { host, port: url.port && Number(url.port), database, user, password, sslmode };
  return Object.fromEntries(Object.entries(place).filter(([, value]) => value));
}

/** A URL with its host, database, user and password decoded; `undefined` for what is none. */
function parse(text: string): { url: URL; parts: string[] } | undefined {
  try {
    const url = new URL(text);
    const parts = [url.hostname, url.pathname.slice(1), url.username, url.password].map(decodeURIComponent);
    return parts[0]?.includes(",") ? undefined : { url, parts };
  } catch {
    // Whatever it is, it is no URL of a database, and the caller says so.
    return undefined;
  }
}
