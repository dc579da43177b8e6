import { setTimeout as delay } from "node:timers/promises";
import { succeeds } from "../assert.js";

/** How often, and how far apart, a backend is asked whether it works again: clients may wait before they reconnect. */
const ATTEMPTS = 30;
const PAUSE_MS = 100;

/** Fails unless an operation succeeds within 3 seconds of the service's return. */
export async function worksAgain(what: string, ask: () => Promise<{ error?: unknown }>): Promise<void> {
  for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
    if ((await ask()).error == null) return;
    await delay(PAUSE_MS);
  }
  succeeds(`${what} after the service's return`, await ask());
}
