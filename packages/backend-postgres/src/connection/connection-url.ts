import { refuse } from "../options.js";

const EXAMPLE = "postgres://user:password@host:5432/database";

/** Decoded parts of a connection string. */
export interface UrlParts {
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** One or more, as `host` or `host:port`, separated by commas; may be empty. */
  readonly hosts: string;
  readonly database: string | undefined;
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Parses a connection string. Node's `URL` rejects several hosts and a user without a host, which libpq accepts. Errors
 * never quote the string, because it may contain a password.
 * @throws RemoteBackendError `invalid-options`
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function parseConnectionUrl(url: string): UrlParts {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(url)?.[0];
  if (scheme === undefined) refuse(`option 'url' must be a URL such as ${EXAMPLE}`);
  if (!/^postgres(ql)?:\/\/$/i.test(scheme))
    refuse("option 'url' must start with postgres:// or postgresql://");
  const [, authority = "", database = "", query = ""] =
    PARTS.exec(url.slice(scheme.length)) ?? refuse(`option 'url' has a '#'; ${ENCODE}`);
  if (!authority.includes("@") && (database + query).includes("@")) {
    refuse(`option 'url' has an '@' behind a '/' or '?'; ${ENCODE}`);
  }
  const [credentials, hosts, ...more] = authority.includes("@")
    ? authority.split("@")
    : [undefined, authority];
  if (more.length > 0) refuse(`option 'url' has more than one '@'; ${ENCODE}`);
  const colon = credentials?.indexOf(":") ?? -1;
  const [user, password] =
    colon < 0 ? [credentials, undefined] : [credentials?.slice(0, colon), credentials?.slice(colon + 1)];
  if (hosts === undefined || !HOSTS.test(hosts)) {
    refuse(`option 'url' must name a host, such as ${EXAMPLE}; ${ENCODE}`);
  }
  return {
    user: decoded(user),
    password: decoded(password),
    hosts: decoded(hosts) ?? "",
    database: decoded(database.slice(1)),
    parameters: parametersOf(query),
  };
}

/** Captures the authority, the database with its slash, and the query. */
const PARTS = /^([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/;

const ENCODE =
  "if it is part of the password, write it as encodeURIComponent(password) does (%40 for @, %2F for /, %3F for ?, %23 for #)";

/** Matches host names, addresses, IPv6 in brackets and encoded socket directories, each with or without a port. */
const HOSTS = /^(|(\[[0-9a-f:.%]+\]|[\w.%~-]*)(:\d*)?(,(\[[0-9a-f:.%]+\]|[\w.%~-]*)(:\d*)?)*)$/i;

function parametersOf(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of query.split("&").filter(Boolean)) {
    const [name = "", ...value] = pair.split("=");
    const parameter = decoded(name) ?? "";
    if (parameters.has(parameter)) refuse(`option 'url' has the parameter '${parameter}' twice`);
    parameters.set(parameter, decoded(value.join("=")) ?? "");
  }
  return parameters;
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse(`option 'url' has a '%' that encodes nothing; in a password write it as %25`);
  }
}
