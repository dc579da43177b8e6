import { type ErrorCode, RemoteBackendError, UNREACHABLE } from "@deepagents-remote/core";

/** What an error of the SDK tells. */
export interface Failure {
  /** HTTP status; `undefined` when no answer came. */
  readonly status: number | undefined;
  /** The store's code, such as `AccessDenied`; Node's where no answer came. */
  readonly code: string;
}

/** No answer in time: of the SDK, of the system, and of an operation that was ended. */
const SILENCE = ["TimeoutError", "ETIMEDOUT", "AbortError"];

export function failureOf(error: unknown): Failure {
  const { name, Code, code, $metadata, errors } = (error ?? {}) as {
    name?: unknown;
    Code?: unknown;
    code?: unknown;
    $metadata?: { httpStatusCode?: number };
    errors?: unknown;
  };
  // Of a host with several addresses, the first one's.
  if (Array.isArray(errors) && !isWord(code)) return failureOf(errors[0]);
  // An answer that breaks off has a status too, but what it would have said is unknown.
  const isWhole = !isWord(code) && !SILENCE.includes(`${name}`);
  if (isWhole && $metadata?.httpStatusCode !== undefined) {
    return { status: $metadata.httpStatusCode, code: [Code, name].find(isWord) ?? "" };
  }
  return { status: undefined, code: [code, name].find(isWord) ?? "" };
}

const isWord = (value: unknown): value is string => typeof value === "string" && value !== "";

const REGION = "The bucket is in another region; give it as region.";
const SLOW_DOWN = "The store asks for fewer requests.";
const BAD_NAME = "The store cannot hold a file of that name";

/** Of an answer without an error that is not one of S3 either. */
export const NOT_S3 = "The store's answer could not be understood: is it S3?";

/** Codes of S3 that mean something of their own here; whatever their status. */
const CODES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  NoSuchBucket: ["unfit", "The store has no bucket of that name; create it, or give createBucket: true."],
  InvalidBucketName: ["unfit", "The store refuses the bucket's name."],
  BucketAlreadyExists: ["unfit", "Somebody else has a bucket of that name; choose another one."],
  InvalidAccessKeyId: ["unfit", "The store does not know the access key."],
  SignatureDoesNotMatch: ["unfit", "The store refused the signature: the secret access key is wrong."],
  ExpiredToken: ["unfit", "The session token has expired."],
  ExpiredTokenException: ["unfit", "The session token has expired."],
  InvalidToken: ["unfit", "The store refused the session token."],
  InvalidTokenId: ["unfit", "The store refused the session token."],
  TokenRefreshRequired: ["unfit", "The session token must be renewed."],
  CredentialsProviderError: [
    "unfit",
    "No credentials could be had: give accessKeyId and secretAccessKey, or set them up for the SDK's own chain.",
  ],
  PermanentRedirect: ["unfit", REGION],
  AuthorizationHeaderMalformed: ["unfit", REGION],
  IllegalLocationConstraintException: ["unfit", REGION],
  RequestTimeTooSkewed: [
    "unavailable",
    "This machine's clock differs too much from the store's; set it right.",
  ],
  // The store did not get the whole request.
  RequestTimeout: ["unavailable", "The request reached the store too slowly."],
  IncompleteBody: ["unavailable", "The request reached the store incompletely."],
  SlowDown: ["unavailable", SLOW_DOWN],
  SlowDownRead: ["unavailable", SLOW_DOWN],
  SlowDownWrite: ["unavailable", SLOW_DOWN],
  Throttling: ["unavailable", SLOW_DOWN],
  ThrottlingException: ["unavailable", SLOW_DOWN],
  RequestLimitExceeded: ["unavailable", SLOW_DOWN],
  TooManyRequests: ["unavailable", SLOW_DOWN],
  ServerBusy: ["unavailable", "The store is busy."],
  XMinioStorageFull: ["unfit", "The store is full."],
  KeyTooLongError: ["bad-key", "The path is too long for the store."],
  XMinioInvalidObjectName: ["bad-key", `${BAD_NAME}; MinIO takes at most 255 bytes between two slashes.`],
  XMinioInvalidResourceName: [
    "bad-key",
    `${BAD_NAME}; MinIO takes no '.' or '..', with blanks around it or behind a backslash either.`,
  ],
  InvalidObjectName: ["bad-key", `${BAD_NAME}.`],
  ObjectParentIsFile: ["bad-key", `${BAD_NAME} below another file.`],
  ExistingObjectIsDirectory: ["bad-key", `${BAD_NAME} over a directory.`],
  EntityTooLarge: ["too-large", "The file is larger than the store accepts."],
  InvalidObjectState: ["corrupt", "The object is archived; restore it to read it."],
};

/** A certificate that could not be verified, or a store that speaks no TLS. */
const TLS = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO/;

/**
 * Says in our words what went wrong: messages of a store contain words ("not found") that deepagents takes for
 * something else, and values. Where the answer may have been lost after the request was sent, a write is
 * `unknown-outcome`.
 * @param request `action`: what it would have to be allowed. `writes`: whether it changes something.
 */
export function translateError(
  error: unknown,
  { action, writes }: { action: string; writes: boolean },
): RemoteBackendError {
  if (RemoteBackendError.is(error)) return error;
  const { status, code } = failureOf(error);
  const fail = (kind: ErrorCode, message: string) =>
    new RemoteBackendError(kind, message, { cause: withoutValues(error) });
  const lost = (message: string) => fail(writes ? "unknown-outcome" : "unavailable", message);

  const known = CODES[code];
  if (known) return fail(...known);
  if (status === undefined) {
    if (code in UNREACHABLE) return fail("unavailable", `The store cannot be reached: ${UNREACHABLE[code]}.`);
    if ((error as Error).message === "Region is missing")
      return fail("unfit", "The client has no region; give it one.");
    if (TLS.test(code)) return fail("unfit", `No encrypted connection could be made to the store (${code}).`);
    return lost(
      SILENCE.includes(code) ? "The store did not answer in time." : "The connection to the store broke off.",
    );
  }
  if (status === 401 || status === 403) {
    return fail("denied", `The credentials lack the right to do this (${action}).`);
  }
  // ConditionalRequestConflict, OperationAborted, and what other stores call it.
  if (status === 409) return fail("unavailable", "The store gave up in favour of a concurrent request.");
  if (status === 408 || status === 429) return fail("unavailable", "The store is busy.");
  if (status === 501) return fail("unfit", "The store does not know this kind of request.");
  if (status >= 500) return lost(`The store failed (HTTP ${status}).`);
  if (status < 300) return lost(NOT_S3);
  const isOfS3 = isWord((error as { Code?: unknown }).Code);
  return fail(
    "unfit",
    isOfS3
      ? `The store refused the request (HTTP ${status}, ${code}).`
      : `The store says no more than HTTP ${status}: is it S3?`,
  );
}

/** What may stay of an error for those who look into it. */
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

/** The SDK copies the fields of an answer; S3 repeats a session token in them, or the whole request. */
function withoutValues(error: unknown): unknown {
  if (typeof error !== "object" || error === null) return error;
  for (const field of Object.keys(error)) {
    if (!KEPT.includes(field)) delete (error as Record<string, unknown>)[field];
  }
  return error;
}
