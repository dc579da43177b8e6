import { type ErrorCode, RemoteBackendError, UNREACHABLE } from "@deepagents-remote/core";

/** Codes of our own: a statement that was cancelled and did not even say so; and what `openSocket` finds. */
export const STALLED = "STALLED";
export const NOT_POSTGRES = "NOT_POSTGRES";
export const NO_TLS = "NO_TLS";
export const NO_PASSWORD = "NO_PASSWORD";

/** An error of ours with one of these codes, or with one of Node's. */
export const failure = (code: string) => Object.assign(new Error(code), { code });

/** What failed before anything was sent. */
const NOT_SENT: Readonly<Record<string, string>> = {
  ...UNREACHABLE,
  ENOENT: "there is no such Unix socket",
  EACCES: "its Unix socket may not be used",
  CONNECT_TIMEOUT: "it did not answer in time",
};

/** A connection that ended while a statement ran on it. */
const LOST = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "ECONNABORTED",
  "ECONNRESET",
  "EPIPE",
  "ERR_SOCKET_CLOSED",
  "ERR_STREAM_DESTROYED",
  "ERR_STREAM_WRITE_AFTER_END",
  "ETIMEDOUT",
  STALLED,
]);

/** SQLSTATEs, or their first two digits, that mean something of their own here. */
const STATES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  "28": ["unfit", "The database refused the user name or the password."],
  "28000": [
    "unfit",
    "The database does not let this user in from here: check user, database and host, and whether it wants TLS (sslmode).",
  ],
  "3D000": ["unfit", "The server has no database of that name."],
  "3F000": ["unfit", "The schema does not exist; create it, or let a role that may do so run initialize()."],
  "42P01": [
    "unfit",
    "The table of the files does not exist; let a role that may create it run initialize().",
  ],
  "42703": ["unfit", "The table of the files lacks a column; let its owner run initialize()."],
  "42501": ["denied", "The database role lacks the right to do this."],
  "25006": ["denied", "The database is read-only (a standby, or a read-only role)."],
  "40": ["unavailable", "The database gave up in favour of a concurrent transaction."],
  "53": ["unavailable", "The database is out of resources (connections, memory or disk)."],
  "54": ["too-large", "The file is larger than the database can hold in a row."],
  "55P03": ["unavailable", "The table of the files is locked by somebody else."],
  "57014": ["timeout", "The statement took too long and was cancelled."],
  "57P": ["unavailable", "The database is shutting down or starting up."],
};

/**
 * PgBouncer gives everything it refuses by itself the code of a violated protocol, which is also that of a server that
 * broke off. Only its words tell them apart.
 */
const PGBOUNCER: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [/authentication failed|no such user/, ...STATES["28"]!],
  [/no such database|database ".*" does not exist/, ...STATES["3D000"]!],
  [/unsupported startup parameter/, "unfit", "PgBouncer refused a startup parameter of the client."],
  [/no more connections allowed|wait_timeout/, ...STATES["53"]!],
];

/** A certificate that could not be verified; Node has a dozen codes for it. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/;

/**
 * Says in our words what went wrong: messages of the server may quote values, and contain words ("not found") that
 * deepagents takes for something else. Where the answer may have been lost after the statement was sent, a write is
 * `unknown-outcome`.
 */
export function translateError(error: unknown, writes: boolean): RemoteBackendError {
  if (RemoteBackendError.is(error)) return error;
  const code = errorCode(error);
  const fail = (kind: ErrorCode, message: string) => new RemoteBackendError(kind, message, { cause: error });

  if (code in NOT_SENT) return fail("unavailable", `The database cannot be reached: ${NOT_SENT[code]}.`);
  const refusal = code === "08P01" && PGBOUNCER.find(([words]) => words.test((error as Error).message));
  if (refusal && isServerError(error)) return fail(refusal[1], refusal[2]);
  // Class 08 is a lost connection, also one between PgBouncer and the server.
  const lost = LOST.has(code) || (isServerError(error) && code.startsWith("08"));
  if (lost)
    return fail(writes ? "unknown-outcome" : "unavailable", "The connection to the database broke off.");
  const state = STATES[code] ?? STATES[code.slice(0, 3)] ?? STATES[code.slice(0, 2)];
  if (state && isServerError(error)) return fail(...state);
  if (isServerError(error)) return fail("unfit", `The database refused the statement (SQLSTATE ${code}).`);
  if (code === NO_PASSWORD) return fail("unavailable", "The password could not be had: its function failed.");
  if (code === NOT_POSTGRES)
    return fail("unfit", "What listens at the database's address does not speak PostgreSQL.");
  if (code === NO_TLS) {
    return fail(
      "unfit",
      'The server does not offer TLS: turn it on there, or set sslmode to "prefer" or "disable".',
    );
  }
  if (CERTIFICATE.test(code))
    return fail("unfit", `The server's certificate could not be verified (${code}).`);
  if (code === "CONNECTION_ENDED") return fail("closed", "The connection pool was closed.");
  return fail("unfit", `The database client failed (${code || (error as Error)?.name}).`);
}

/** The code of an error; of the first one inside when a host has several addresses. */
function errorCode(error: unknown): string {
  const { code, errors } = error as { code?: unknown; errors?: unknown };
  if (typeof code === "string" && code !== "") return code;
  return Array.isArray(errors) ? errorCode(errors[0]) : "";
}

const isServerError = (error: unknown): boolean => error instanceof Error && error.name === "PostgresError";
