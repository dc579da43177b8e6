import type { PostgresBackendOptions } from "@deepagents-remote/backend-postgres";
import { CommandError } from "../support/exit.js";
import type { Io } from "../support/io.js";
import { optionOf } from "./url-options.js";

/** Parameters that are options of `PostgresBackend`. All others stay in the URL, whose parameters are those of libpq. */
const OPTIONS: ReadonlySet<string> = new Set([
  "table",
  "schema",
  "searchIndex",
  "history",
  "readOnly",
  "writeMode",
  "maxFileBytes",
  "maxPoolSize",
  "statementTimeoutMs",
  "operationTimeoutMs",
  "prepare",
]);

/**
 * Reads the options of `PostgresBackend` from a URL.
 * @param password Password from a prompt.
 */
export function postgresOptions(
  url: string,
  env: Io["env"],
  password: string | undefined,
): PostgresBackendOptions & { namespace?: string[] } {
  const [base = "", query = ""] = url.split(/\?(.*)/s);
  const options: Record<string, unknown> = {};
  const namespace: string[] = [];
  const rest: string[] = [];
  for (const pair of query.split("&").filter(Boolean)) {
    const [name, value] = new URLSearchParams(pair.replaceAll("+", "%2B")).entries().next().value ?? ["", ""];
    if (name === "namespace") namespace.push(value);
    else if (OPTIONS.has(name)) options[name] = optionOf(name, value);
    else rest.push(pair);
  }
  return {
    ...options,
    url: withPassword(rest.length > 0 ? `${base}?${rest.join("&")}` : base, password ?? env.PGPASSWORD),
    ...(namespace.length > 0 && { namespace }),
  };
}

/** True if a connection string has a password. */
export const hasPassword = (url: string): boolean =>
  /^[a-z]+:\/\/[^@/?]*:[^@/?]+@/i.test(url) || /[?&]password=/.test(url);

/** Adds a password to a connection string that has none. */
function withPassword(url: string, password: string | undefined): string {
  if (!password || hasPassword(url)) return url;
  const [, scheme = "", user = "postgres", rest = ""] =
    /^([a-z]+:\/\/)(?:([^@/?:]*):?@)?(.*)$/is.exec(url) ?? [];
  if (scheme === "") throw new CommandError("usage", "The URL of the database cannot be read.");
  return `${scheme}${user}:${encodeURIComponent(password)}@${rest}`;
}
