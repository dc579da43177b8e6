import type { S3ClientConfig } from "@aws-sdk/client-s3";

/**
 * Time limit for everything before a request is sent, mainly obtaining credentials, in milliseconds. Equal to the retry
 * time of an operation, so an operation that hits this limit is not retried: with a caller's client, the next attempt
 * would wait for the same pending call.
 */
export const CREDENTIALS_TIMEOUT_MS = 10_000;

/** Code of `NoCredentials`. */
export const NO_CREDENTIALS = "NO_CREDENTIALS";

/** Credentials could not be obtained. */
export class NoCredentials extends Error {
  readonly code = NO_CREDENTIALS;
  /** True if the provider took too long; false if it failed. */
  readonly isLate: boolean;

  constructor(isLate: boolean, cause?: unknown) {
    super(isLate ? "No credentials in time." : "The credentials function failed.", { cause });
    this.isLate = isLate;
  }
}

type Provider = Extract<NonNullable<S3ClientConfig["credentials"]>, (...args: never) => unknown>;

/**
 * Wraps a credential provider in a timeout. The SDK makes all requests wait for one call of the provider, so a call
 * that hangs would block the client forever.
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
