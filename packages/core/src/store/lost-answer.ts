import { RemoteBackendError, type RemoteBackendErrorOptions } from "../support/errors.js";
import type { Version } from "./file-store.js";

/**
 * `unknown-outcome` of a change that was conditional on a version: while that version is stored, the change has not been
 * made. A store that knows the version should answer with this error instead of the bare one.
 */
export class LostAnswer extends RemoteBackendError {
  /** Version that the change was to replace; `undefined` for a file that was absent. */
  readonly replaces: Version | undefined;

  constructor(message: string, replaces: Version | undefined, options?: RemoteBackendErrorOptions) {
    super("unknown-outcome", message, options);
    this.replaces = replaces;
  }
}

/** Version that a change with a lost answer was conditional on, if its store told that; also of other copies of the class. */
export const replacedVersion = (error: RemoteBackendError): Version | undefined =>
  (error as Partial<LostAnswer>).replaces;
