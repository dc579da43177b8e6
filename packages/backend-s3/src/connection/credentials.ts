import type { S3ClientConfig } from "@aws-sdk/client-s3";

/**
 * Limit for what comes before a request is sent, credentials above all, in milliseconds. As long as an operation is retried,
 * so one that has waited in vain is not: with a client of the caller's, its next attempt would wait for the same call.
 */
export const CREDENTIALS_TIMEOUT_MS = 10_000;

/** Code of `NoCredentials`. */
export const NO_CREDENTIALS = "NO_CREDENTIALS";

/** Error for credentials that are not there. */
export class NoCredentials extends Error {
  readonly code = NO_CREDENTIALS;
  /** True if they did not come in time; false if their provider failed. */
  readonly isLate: boolean;

  constructor(isLate: boolean, cause?: unknown) {
    super(isLate ? "No credentials in time." : "The credentials function failed.", { cause });
    this.isLate = isLate;
  }
}

type Provider = Extract<NonNullable<S3ClientConfig["credentials"]>, (...args: never) => unknown>;

/**
 * A provider of credentials with a limit. The SDK lets all requests wait for one call of it: one that hangs would otherwise
 * hold up the client for ever.
 */
export function bounded(provider: Provider): Provider {
  return async (...args) => {
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`No credentials within ${CREDENTIALS_TIMEOUT_MS} ms.`);
      timer = setTimeout(() => {
        isLate = true;
        reject(error);
      }, CREDENTIALS_TIMEOUT_MS);
    });
    try {
      return await Promise.race([provider(...args), late]);
    } catch (cause) {
      throw new NoCredentials(isLate, cause);
    } finally {
      clearTimeout(timer);
    }
  };
}
