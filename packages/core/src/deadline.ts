import { setMaxListeners } from "node:events";

/**
 * Runs something that gets a bounded time, even if it does not listen to its signal.
 * @param ms Time in milliseconds.
 * @param late Makes the error to reject with, and to abort the signal with, when the time is up.
 */
export async function withDeadline<T>(
  ms: number,
  late: () => Error,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  // A store may send many requests at once, which is no leak.
  setMaxListeners(0, controller.signal);
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = late();
      controller.abort(error);
      reject(error);
    }, ms);
  });
  try {
    return await Promise.race([run(controller.signal), expired]);
  } finally {
    clearTimeout(timer);
  }
}
