import { type ErrorCode, RemoteBackendError, type RemoteBackendErrorOptions } from "@deepagents-remote/core";
import { UNREACHABLE } from "@deepagents-remote/core/adapter";

import { STALE } from "./connections.js";
import { CREDENTIALS_TIMEOUT_MS, NO_CREDENTIALS, type NoCredentials } from "./credentials.js";

/** Status and code of an SDK error. */
export interface Failure {
  /** HTTP status; `undefined` if there was no response. */
  readonly status: number | undefined;
  /** The store's error code, such as `AccessDenied`; Node's if there was no response. */
  readonly code: string;
}

/**
 * Names and codes for a missing response: timeouts of the SDK and the system, aborted operations, stale connections.
 */
const SILENCE = ["TimeoutError", "ETIMEDOUT", "AbortError", STALE];

/** True if no response arrived in time: the connection may be dead. */
export const isSilence = (error: unknown): boolean => {
  const { status, code } = failureOf(error);
  return status === undefined && SILENCE.includes(code);
};

export function failureOf(error: unknown): Failure {
  const { name, Code, code, $metadata, errors } = (error ?? {}) as {
    name?: unknown;
    Code?: unknown;
    code?: unknown;
    $metadata?: { httpStatusCode?: number };
    errors?: unknown;
  };
  // For a host with several addresses, use the error of the first one.
  if (Array.isArray(errors) && !isWord(code)) return failureOf(errors[0]);
  // A truncated response has a status too, but its result is unknown.
  const isWhole = !isWord(code) && !SILENCE.includes(`${name}`);
  if (isWhole && $metadata?.httpStatusCode !== undefined) {
    return { status: $metadata.httpStatusCode, code: [Code, name].find(isWord) ?? "" };
  }
  return { status: undefined, code: [code, name].find(isWord) ?? "" };
}

const isWord = (value: unknown): value is string => typeof value === "string" && value !== "";

/** Error code, message and, if an operator has to act, a hint. */
type Meaning = readonly [code: ErrorCode, message: string, hint?: string | undefined];

const OTHER_REGION: Meaning = ["misconfigured", "The bucket is in another region.", "Give it as region."];
const SLOW_DOWN = "The store is throttling requests.";
const BAD_NAME = "The store cannot hold a file of that name";

/**
 * A successful response that cannot be used. Thrown while a response is read, and translated like any other failure.
 */
export class UnusableAnswer extends Error {
  override readonly name = "UnusableAnswer";
  readonly isTransient: boolean;

  constructor(message: string, { isTransient = true } = {}) {
    super(message);
    this.isTransient = isTransient;
  }
}

/** Creates the error for a response that is not S3. */
export const notS3 = (options?: { isTransient: boolean }): UnusableAnswer =>
  new UnusableAnswer(NOT_S3, options);
const NOT_S3 = "The store's response could not be understood: is it S3?";

/** S3 error codes with a specific translation, regardless of the HTTP status. */
const CODES: Readonly<Record<string, Meaning>> = {
  NoSuchBucket: [
    "misconfigured",
    "The store has no bucket of that name.",
    "Create it, or give createBucket: true.",
  ],
  InvalidBucketName: ["misconfigured", "The store refuses the bucket's name."],
  BucketAlreadyExists: [
    "misconfigured",
    "Another account owns a bucket of that name.",
    "Choose another name.",
  ],
  InvalidAccessKeyId: ["misconfigured", "The store does not recognize the access key ID."],
  SignatureDoesNotMatch: [
    "misconfigured",
    "The store refused the signature: the secret access key is wrong.",
  ],
  ExpiredToken: ["misconfigured", "The session token has expired."],
  ExpiredTokenException: ["misconfigured", "The session token has expired."],
  InvalidToken: ["misconfigured", "The store refused the session token."],
  InvalidTokenId: ["misconfigured", "The store refused the session token."],
  TokenRefreshRequired: ["misconfigured", "The session token must be renewed."],
  PermanentRedirect: OTHER_REGION,
  AuthorizationHeaderMalformed: OTHER_REGION,
  IllegalLocationConstraintException: OTHER_REGION,
  RequestTimeTooSkewed: [
    "unavailable",
    "This machine's clock differs too much from the store's.",
    "Synchronize the clock.",
  ],
  // The store did not receive the whole request.
  RequestTimeout: ["unavailable", "The request reached the store too slowly."],
  IncompleteBody: ["unavailable", "The request reached the store incompletely."],
  XMinioStorageFull: ["misconfigured", "The store is full."],
  KeyTooLongError: ["invalid-path", "The path is too long for the store."],
  XMinioInvalidObjectName: [
    "invalid-path",
    `${BAD_NAME}; MinIO allows at most 255 bytes between two slashes.`,
  ],
  XMinioInvalidResourceName: [
    "invalid-path",
    `${BAD_NAME}; MinIO refuses '.' and '..' between slashes, also with spaces around them or after a backslash.`,
  ],
  InvalidObjectName: ["invalid-path", `${BAD_NAME}.`],
  ObjectParentIsFile: ["invalid-path", `${BAD_NAME} below another file.`],
  ExistingObjectIsDirectory: ["invalid-path", `${BAD_NAME} over a directory.`],
  EntityTooLarge: ["too-large", "The file is larger than the store accepts."],
  InvalidObjectState: ["corrupt", "The object is archived.", "Restore it to read it."],
};

/** True if the S3 error code has a specific translation. */
export const isKnown = (code: string): boolean => code in CODES;

/** Error codes of throttled requests. */
const THROTTLING: Readonly<Record<string, string>> = {
  SlowDown: SLOW_DOWN,
  SlowDownRead: SLOW_DOWN,
  SlowDownWrite: SLOW_DOWN,
  Throttling: SLOW_DOWN,
  ThrottlingException: SLOW_DOWN,
  RequestLimitExceeded: SLOW_DOWN,
  TooManyRequests: SLOW_DOWN,
  ServerBusy: "The store is busy.",
};

/** Codes for certificates that cannot be verified and for servers without TLS. */
const TLS = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO/;

/** A failed request, and how far it got. */
export interface FailedRequest {
  /** IAM action that the request needs. */
  readonly action: string;
  /** True if it changes something. */
  readonly writes: boolean;
  /** False if the client failed before sending the request. */
  readonly isSent: boolean;
  /** `Retry-After` of the response, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** Host, port and bucket. */
  readonly where: string;
}

/**
 * Translates an SDK error. Messages of the store are not passed on: they contain values, and phrases ("not found") that
 * deepagents interprets. A write whose response may have been lost becomes `unknown-outcome`.
 */
export function translateError(error: unknown, request: FailedRequest): RemoteBackendError {
  if (RemoteBackendError.is(error)) return error;
  const { action, writes, isSent, retryAfterMs, where } = request;
  const { status, code } = failureOf(error);
  const fail = (kind: ErrorCode, message: string, options: RemoteBackendErrorOptions = {}) =>
    new RemoteBackendError(kind, message, { cause: withoutValues(error), ...options });
  /** Adds the address to a message, for operators who have to find out why the store cannot be reached. */
  const at = (message: string) => message.replace(/[.?]$/, ` (${where})$&`);
  const throttled = { isThrottled: true, retryAfterMs };
  const lost = (message: string, options?: RemoteBackendErrorOptions) =>
    fail(writes && isSent ? "unknown-outcome" : "unavailable", at(message), options);

  if (error instanceof UnusableAnswer) return lost(error.message, { isTransient: error.isTransient });
  const throttling = THROTTLING[code];
  if (throttling !== undefined) return fail("unavailable", at(throttling), throttled);
  const known = CODES[code];
  if (known) {
    const [kind, message, hint] = known;
    return fail(kind, ["misconfigured", "unavailable"].includes(kind) ? at(message) : message, { hint });
  }
  if (code === NO_CREDENTIALS || code === "CredentialsProviderError") {
    // Transient: credentials may come from a service that is briefly unavailable.
    const { cause, isLate } = error as Partial<NoCredentials>;
    return fail("misconfigured", `No credentials could be obtained${isLate ? " in time" : ""}.`, {
      hint: GIVE_CREDENTIALS,
      isTransient: true,
      ...(isLate && { retryAfterMs: CREDENTIALS_TIMEOUT_MS + 1 }),
      // The caller's own function threw, so its exception may be exposed as the cause.
      ...(code === NO_CREDENTIALS && cause !== undefined && { option: "clientConfig.credentials", cause }),
    });
  }
  if (status === undefined) {
    if (code in UNREACHABLE) {
      return fail("unavailable", at(`The store cannot be reached: ${UNREACHABLE[code]}.`));
    }
    if (TLS.test(code)) {
      return fail("misconfigured", at(`No encrypted connection could be made to the store (${code}).`));
    }
    if (SILENCE.includes(code)) return lost("The store did not answer in time.");
    if (isNetworkFailure(error, code)) return lost("The connection to the store was lost.");
    const [kind, message, hint] = clientFailure(error, isSent);
    return fail(writes && isSent ? "unknown-outcome" : kind, message, {
      hint,
      isTransient: kind === "unavailable",
    });
  }
  if (status === 401 || status === 403) {
    return fail("permission-denied", `The credentials lack permission for this operation (${action}).`);
  }
  // ConditionalRequestConflict, OperationAborted, or another store's name for it.
  if (status === 409)
    return fail("unavailable", "The store rejected the request in favor of a concurrent one.");
  if (status === 429) return fail("unavailable", at(SLOW_DOWN), throttled);
  if (status === 408) return fail("unavailable", at("The store is busy."), { retryAfterMs });
  if (status === 501) return fail("misconfigured", "The store does not support this kind of request.");
  if (status === 503) return lost(`The store failed (HTTP ${status}).`, throttled);
  if (status >= 500) return lost(`The store failed (HTTP ${status}).`, { retryAfterMs });
  if (status < 300) return lost(NOT_S3);
  const isOfS3 = isWord((error as { Code?: unknown }).Code);
  return fail(
    "misconfigured",
    isOfS3
      ? `The store refused the request (HTTP ${status}, ${code}).`
      : at(`The store returned HTTP ${status} without an error code: is it S3?`),
  );
}

const GIVE_CREDENTIALS = "Give accessKeyId and secretAccessKey, or set them up for the SDK's own chain.";

/** Programming errors: a retry does not help. */
const DEFECTS = ["TypeError", "ReferenceError", "SyntaxError", "RangeError"];

/** Returns name and message of an error, unwrapping errors from other realms, which the SDK wraps. */
function nameAndMessage(error: unknown): { readonly name: string; readonly message: string } {
  const { name = typeof error, message = "" } = (error ?? {}) as Partial<Error>;
  const wrapped = /^AWS SDK error wrapper for (\w+): (.*)$/s.exec(message);
  return wrapped ? { name: wrapped[1]!, message: wrapped[2]! } : { name, message };
}

/** True for errors with a code of Node or undici, and for the TypeError with which handlers based on `fetch` reject. */
function isNetworkFailure(error: unknown, code: string): boolean {
  const { name, message } = nameAndMessage(error);
  const { code: inner } = ((error as Error).cause ?? {}) as { code?: unknown };
  if (name === "TypeError") return /fetch|network/i.test(message) || isWord(inner);
  return (
    /^[A-Z][A-Z0-9_]+$/.test(code) || SILENCE.includes(name) || /\bE[A-Z]{4,}\b|socket hang up/.test(message)
  );
}

/** Describes a failure inside the client for which there is no error code. The original message stays in `cause`. */
function clientFailure(error: unknown, isSent: boolean): Meaning {
  const { name, message } = nameAndMessage(error);
  if (message === "Region is missing") return ["misconfigured", "The client has no region.", "Give it one."];
  if (/is not found when adding|middleware/i.test(message) && !isSent) {
    return [
      "misconfigured",
      "The client does not match the version of @aws-sdk/client-s3 that this package depends on.",
      "Install a version that satisfies both.",
    ];
  }
  if (name === "ReferenceError" && /DOMParser|\bNode\b/.test(message)) {
    return [
      "misconfigured",
      "This runtime has no DOMParser, which the AWS SDK needs to read XML.",
      "Define a global one, such as that of @xmldom/xmldom.",
    ];
  }
  const stage = isSent ? "while reading the response" : "before sending the request";
  return [
    DEFECTS.includes(name) ? "misconfigured" : "unavailable",
    `The S3 client failed ${stage} (${name}).`,
  ];
}

/** Fields of the original error that are kept in `cause` for debugging. */
const KEPT = [
  "name",
  "message",
  "stack",
  "code",
  "Code",
  "errors",
  "errno",
  "syscall",
  "$metadata",
  "$fault",
];

/**
 * Removes values from an error. The SDK copies the fields of a response, in which S3 may repeat a session token or the
 * whole request.
 */
function withoutValues(error: unknown): unknown {
  if (typeof error !== "object" || error === null) return error;
  for (const field of Object.keys(error)) {
    if (!KEPT.includes(field)) delete (error as Record<string, unknown>)[field];
  }
  return error;
}
