import { setTimeout as delay } from "node:timers/promises";
import { succeeds } from "../assert.js";

/** Number and interval of the attempts to use a backend after an outage: clients may wait before they reconnect. */
const ATTEMPTS = 30;
const PAUSE_MS = 100;

/** Fails unless an operation succeeds within 3 seconds after the service is restored. */
export async function worksAgain(what: string, ask: () => Promise<{ error?: unknown }>): Promise<void> {
  for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
    if ((await ask()).error == null) return;
    await delay(PAUSE_MS);
  }
  succeeds(`${what} after the service's return`, await ask());
}
