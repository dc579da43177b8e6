import type { Readable } from "node:stream";
import { UnusableAnswer } from "./translate-error.js";

const brokenOff = () =>
  new UnusableAnswer("The store stopped sending data before the response was complete.");

/**
 * Reads the body of an answer. The SDK's timeouts end where the body begins.
 * @param limits `length`: bytes that were announced. `maxBytes`: more are not read. `silenceMs`: longest time without
 *   a byte, in milliseconds. `inOnePiece`: a body whose length was announced becomes one chunk, in memory of its own.
 * @returns The chunks in which it arrived; `too-large` for a body beyond `maxBytes`.
 * @throws UnusableAnswer when it falls silent or is shorter than announced; what the stream throws
 *   when it breaks off.
 */
export async function readBody(
  body: Readable,
  limits: { length: number | undefined; maxBytes: number; silenceMs: number; inOnePiece?: boolean },
  signal: AbortSignal,
): Promise<Uint8Array[] | "too-large"> {
  const { length, maxBytes, silenceMs, inOnePiece } = limits;
  const timer = setTimeout(() => body.destroy(brokenOff()), silenceMs);
  const abort = () => body.destroy(brokenOff());
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    const whole = inOnePiece && length !== undefined ? new Uint8Array(length) : undefined;
    const chunks: Uint8Array[] = whole ? [whole] : [];
    let total = 0;
    for await (const chunk of body) {
      const start = total;
      total += chunk.length;
      // Leaving the loop ends the connection.
      if (total > maxBytes) return "too-large";
      if (!whole) chunks.push(chunk);
      else if (total <= whole.length) whole.set(chunk, start);
      timer.refresh();
    }
    if (length !== undefined && total !== length) throw brokenOff();
    return chunks;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
