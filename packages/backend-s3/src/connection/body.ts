import type { Readable } from "node:stream";
import { RemoteBackendError } from "@deepagents-remote/core";
import { UnusableAnswer } from "./translate-error.js";

const brokenOff = () =>
  new UnusableAnswer("The store stopped sending data before the response was complete.");

/**
 * Reads a response body chunk by chunk, with timeouts of its own: those of the SDK do not cover the body.
 * @param limits `length`: announced bytes. `maxBytes`: maximum bytes to read. `silenceMs`: maximum wait for a chunk, in
 *   milliseconds.
 * @throws RemoteBackendError `too-large` for a body beyond `maxBytes`; UnusableAnswer if the body stalls or is shorter
 *   than announced; the stream's own error if the connection is lost.
 */
export async function* readBody(
  body: Readable,
  limits: { length: number | undefined; maxBytes: number; silenceMs: number },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { length, maxBytes, silenceMs } = limits;
  let isWaiting = true;
  const timer = setTimeout(() => (isWaiting ? body.destroy(brokenOff()) : timer.refresh()), silenceMs);
  const abort = () => body.destroy(brokenOff());
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    let total = 0;
    for await (const chunk of body) {
      total += chunk.length;
      // Throwing out of the loop closes the connection.
      if (total > maxBytes) throw new RemoteBackendError("too-large", `The body has over ${maxBytes} bytes.`);
      isWaiting = false;
      yield chunk;
      isWaiting = true;
      timer.refresh();
    }
    if (length !== undefined && total !== length) throw brokenOff();
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
