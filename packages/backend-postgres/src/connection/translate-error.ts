import { type ErrorCode, RemoteBackendError } from "@deepagents-remote/core";
import { UNREACHABLE } from "@deepagents-remote/core/adapter";

/** A connection got no response in time. One of our own error codes. */
export const STALLED = "STALLED";
export const NOT_POSTGRES = "NOT_POSTGRES";
export const NO_TLS = "NO_TLS";
export const NO_PASSWORD = "NO_PASSWORD";
export const PASSWORD_LATE = "PASSWORD_LATE";
/** The connection ended before the statement was sent. */
export const NOT_SENT = "NOT_SENT";
/** No server is of the kind that `target_session_attrs` requires. */
export const WRONG_SESSION = "WRONG_SESSION";
/** Connecting, or the statement that waited for the connection, timed out. */
export const CONNECT_TIMEOUT = "CONNECT_TIMEOUT";

/** A statement was canceled by another session; the server's error is the `cause`. */
export const FOREIGN_CANCEL = "FOREIGN_CANCEL";

/** SQLSTATE of a statement that was canceled by a request or by the server's `statement_timeout`. */
export const CANCELED = "57014";

/** SQLSTATE of a write on a standby, on a read-only server, or by a read-only role. */
export const READ_ONLY = "25006";

/** Creates an error with one of these codes, or with one of Node's. */
export const failure = (code: string, options?: ErrorOptions) =>
  Object.assign(new Error(code, options), { code });

/** Circumstances of a failed statement. */
export interface Circumstances {
  /** True if the statement changes rows. */
  readonly writes: boolean;
  /** False if the statement was not sent. Default `true`. */
  readonly isSent?: boolean;
  /** Description of the database without secrets: `database app at db.example:5432`. Default `database`. */
  readonly database?: string;
}

/** Reasons, after "cannot be reached: ", for failures before anything was sent. */
const UNREACHED: Readonly<Record<string, string>> = {
  ...UNREACHABLE,
  ENOENT: "there is no such Unix socket",
  EACCES: "its Unix socket may not be used",
  EPERM: "this process may not open connections",
  EADDRNOTAVAIL: "this machine has no such address or no free port",
  EMFILE: "this process has too many open files",
  ENFILE: "this machine has too many open files",
  [CONNECT_TIMEOUT]: "it did not answer in time",
  [WRONG_SESSION]: "none of its servers is of the kind that target_session_attrs requires",
};

/** Codes of a connection that was lost while a statement ran on it. */
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

/** Error code, message and, if an operator has to act, a hint. */
type Meaning = readonly [code: ErrorCode, message: string, hint?: string | undefined];

/** SQLSTATEs, or their classes (two digits), with a specific translation. `{}` stands for the database. */
const STATES: Readonly<Record<string, Meaning>> = {
  "28": ["misconfigured", "The {} refused the user name or the password."],
  "28000": [
    "misconfigured",
    "The {} does not accept this user from this host.",
    "Check user, database and host in its pg_hba.conf, and whether it requires TLS (sslmode).",
  ],
  "3D000": ["misconfigured", "The server has no database of that name: {}."],
  "3F000": [
    "misconfigured",
    "The schema does not exist.",
    "Create it, or let a role that may do so run initialize().",
  ],
  "42P01": [
    "misconfigured",
    "The files table does not exist.",
    "Let a role that may create it run initialize().",
  ],
  // Columns were added after a read-only backend was opened.
  "42702": ["misconfigured", "Columns were added to the files table; retry the operation."],
  "42703": ["misconfigured", "The files table lacks a column.", "Let its owner run initialize()."],
  "42501": [
    "permission-denied",
    "The database role lacks a privilege for this operation.",
    "Grant it SELECT, INSERT, UPDATE and DELETE on the files table.",
  ],
  [READ_ONLY]: ["permission-denied", "The {} is read-only (a standby, or a read-only role)."],
  "40": ["unavailable", "The database aborted the transaction because of a concurrent one."],
  "53": ["unavailable", "The {} is out of resources (connections, memory or disk)."],
  "54": ["too-large", "The file is larger than the database can hold in a row."],
  "55P03": ["unavailable", "The files table is locked by another session."],
  [CANCELED]: ["timeout", "The statement took too long and was canceled."],
  "57P": ["unavailable", "The {} is shutting down or starting up."],
};

/**
 * Refused connections that indicate a wrong configuration. All others may be transient: a database wakes up, a pooler
 * is full.
 */
const FINAL_REFUSAL = /^(28|3D|42)/;

/** True if a server that refused a connection with this SQLSTATE may accept it later, or another host may accept it. */
export const isRefusalForNow = (state: string): boolean => !FINAL_REFUSAL.test(state);

/** SQLSTATEs of a statement whose session ended while it ran. The statement may have been executed. */
const SESSION_ENDED = /^(08|57P|XX000|58)/;

/**
 * Messages of PgBouncer. It reports all its own refusals as protocol violations, the code that it also uses for a lost
 * server connection. Only the message, which is never localized, distinguishes them.
 */
const PGBOUNCER: readonly (readonly [RegExp, ...Meaning])[] = [
  [/authentication failed|no such user/, ...STATES["28"]!],
  [/no such database|database ".*" does not exist/, ...STATES["3D000"]!],
  [/unsupported startup parameter/, "misconfigured", "PgBouncer refused a startup parameter of the client."],
  [/no more connections allowed|wait_timeout/, ...STATES["53"]!],
];

/** Errors of the client or of Node. `{}` stands for the database. */
const CLIENT: Readonly<Record<string, Meaning>> = {
  [NOT_SENT]: ["unavailable", "The {} had closed the connection."],
  [NOT_POSTGRES]: ["misconfigured", "The server at that address does not speak the PostgreSQL protocol: {}."],
  [NO_TLS]: [
    "misconfigured",
    "The {} does not offer TLS.",
    'Turn it on there, or set sslmode to "prefer" or "disable".',
  ],
  AUTH_TYPE_NOT_IMPLEMENTED: [
    "misconfigured",
    "The {} requires an authentication method that postgres.js does not support.",
    "Use SCRAM, MD5 or plain passwords.",
  ],
  SASL_SIGNATURE_MISMATCH: [
    "misconfigured",
    "The {} could not prove that it knows the password.",
    "Another server may be listening there: check host and port.",
  ],
  CONNECTION_ENDED: ["closed", "The connection pool was closed."],
};

/** Failures of the caller's `password` function, which may depend on a service that is briefly unavailable. */
const PASSWORD: Readonly<Record<string, string>> = {
  [NO_PASSWORD]: "Could not obtain the password: the `password` function failed.",
  [PASSWORD_LATE]:
    "Could not obtain the password: the `password` function did not return within connectTimeoutMs.",
};

/** Codes for certificates that could not be verified; Node has a dozen. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/;

/** Codes for other TLS failures, such as no common protocol version. */
const TLS = /^(EPROTO|ERR_SSL)/;

/**
 * Translates an error. Messages of the server are not passed on: they may quote values, are localized, and may contain
 * phrases ("not found") that deepagents interprets. A write whose response may have been lost becomes
 * `unknown-outcome`.
 */
export function translateError(error: unknown, circumstances: Circumstances): RemoteBackendError {
  if (RemoteBackendError.is(error)) return error;
  const { database = "database" } = circumstances;
  const password = PASSWORD[errorCode(error)];
  if (password !== undefined) {
    const { cause } = error as Error;
    return new RemoteBackendError("misconfigured", password, {
      option: "password",
      isTransient: true,
      ...(cause !== undefined && { cause }),
    });
  }
  const [code, message, hint] = meaning(error, circumstances);
  return new RemoteBackendError(code, message.replace("{}", database), { cause: error, hint });
}

function meaning(error: unknown, { writes, isSent = true }: Circumstances): Meaning {
  const code = errorCode(error);
  const isServers = isServerError(error);
  const mayBeDone = writes && isSent;
  if (code in UNREACHED) return ["unavailable", `The {} cannot be reached: ${UNREACHED[code]}.`];
  if (Object.hasOwn(CLIENT, code)) return CLIENT[code]!;
  const refusal = code === "08P01" && PGBOUNCER.find(([words]) => words.test((error as Error).message));
  if (refusal && isServers) return [refusal[1], refusal[2], refusal[3]];
  const state = STATES[code] ?? STATES[code.slice(0, 3)] ?? STATES[code.slice(0, 2)];
  if (isServers && !isSent && isRefusalForNow(code)) {
    return [
      "unavailable",
      state?.[1] ?? `The {} refused the connection for now (SQLSTATE ${code}).`,
      state?.[2],
    ];
  }
  if (LOST.has(code) || (isServers && SESSION_ENDED.test(code))) {
    const message = state?.[1] ?? "The connection to the {} was lost.";
    return [mayBeDone ? "unknown-outcome" : "unavailable", message];
  }
  if (isServers) return state ?? ["misconfigured", `The database refused the statement (SQLSTATE ${code}).`];
  if (CERTIFICATE.test(code))
    return ["misconfigured", `The certificate of the {} could not be verified (${code}).`];
  if (TLS.test(code)) return ["misconfigured", `TLS with the {} failed (${code}).`];
  return ["misconfigured", `The database client failed (${code || nameOf(error)}).`];
}

/** Returns the code of an error; for a host with several addresses, that of the first nested error. */
export function errorCode(error: unknown): string {
  const { code, errors } = (error ?? {}) as { code?: unknown; errors?: unknown };
  if (typeof code === "string" && code !== "") return code;
  return Array.isArray(errors) ? errorCode(errors[0]) : "";
}

const isServerError = (error: unknown): boolean => error instanceof Error && error.name === "PostgresError";

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
