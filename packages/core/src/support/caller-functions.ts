import { RemoteBackendError } from "./errors.js";

/** Creates the error for a failure of a function that the caller gave as an option. */
export const functionFault = (
  option: string,
  message: string,
  cause?: { readonly cause: unknown },
): RemoteBackendError => new RemoteBackendError("invalid-options", message, { option, ...cause });

/** True for an error caused by an argument of the call, such as a path or a pattern that a model made up. */
export const isArgumentError = (error: RemoteBackendError): boolean =>
  error.code === "invalid-path" || (error.code === "invalid-options" && error.option === undefined);

/**
 * Calls a function that the caller gave as an option and that must be synchronous.
 * @param option Name of the option, for messages.
 * @throws RemoteBackendError `invalid-options` if it throws (the error is the `cause`) or returns a promise.
 */
export function callOption<T>(option: string, run: () => T): T {
  let result: T;
  try {
    result = run();
  } catch (cause) {
    throw functionFault(option, `The function given as '${option}' failed.`, { cause });
  }
  return refusePromise(option, result);
}

/**
 * Returns a result that is not a promise.
 * @throws RemoteBackendError `invalid-options` for a promise, whose rejection is handled: it would otherwise end the
 *   process.
 */
export function refusePromise<T>(option: string, result: T): T {
  if (!isThenable(result)) return result;
  Promise.resolve(result).catch(() => {});
  throw functionFault(option, `The function given as '${option}' returned a promise; it must not be async.`);
}

/** Calls a callback whose failure must not affect the operation it reports. */
export function notify(run: () => unknown, failed: (error: unknown) => void): void {
  try {
    const result = run();
    if (isThenable(result)) Promise.resolve(result).catch(failed);
  } catch (error) {
    failed(error);
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
