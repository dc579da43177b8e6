import { RemoteBackendError, type RemoteBackendErrorOptions } from "../support/errors.js";
import type { Version } from "./file-store.js";

/**
 * Error `unknown-outcome` of a change that was conditional on a version: as long as that version is stored, the change
 * has not been made. A store that knows the version should answer with this error instead of a bare `unknown-outcome`.
 */
export class LostAnswer extends RemoteBackendError {
  /** Version that the change was to replace; `undefined` for an absent file. */
  readonly replaces: Version | undefined;

  constructor(message: string, replaces: Version | undefined, options?: RemoteBackendErrorOptions) {
    super("unknown-outcome", message, options);
    this.replaces = replaces;
  }
}

/**
 * Returns the version that a change with a lost answer was conditional on, if its store reported it. Also recognizes
 * errors of other copies of the class.
 */
export const replacedVersion = (error: RemoteBackendError): Version | undefined =>
  (error as Partial<LostAnswer>).replaces;
