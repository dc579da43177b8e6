import { constants } from "node:os";

/** Something that must not outlive this process. */
export interface Stoppable {
  stop(): Promise<void>;
  /** For an `exit` handler: must be done when it returns. */
  stopNow(): void;
  /** Whether SIGINT, SIGTERM and SIGHUP stop it; false when the program has its own way to end on them. */
  signals: boolean;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const running = new Set<Stoppable>();
let ending = false;

/** Sees to it that `it` stops on every exit but SIGKILL. Call what it returns once it has stopped. */
export function stopOnExit(it: Stoppable): () => void {
  if (running.size === 0) process.on("exit", stopAllNow);
  if (it.signals && !handlesSignals()) for (const signal of SIGNALS) process.on(signal, onSignal);
  running.add(it);
  return () => {
    running.delete(it);
    if (running.size === 0) process.off("exit", stopAllNow);
    if (!handlesSignals() && !ending) forgetSignals();
  };
}

/**
 * The same for something that is stopped by its own `stop` in the normal course of things.
 * @param signals as in `Stoppable`. Default: true.
 * @returns that `stop`. Calling it twice is fine.
 */
export function ownUntilStopped(it: Omit<Stoppable, "signals">, signals = true): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= it.stop();
    return stopping;
  };
  const forget = stopOnExit({ stop, stopNow: () => it.stopNow(), signals });
  return () => stop().finally(forget);
}

function handlesSignals(): boolean {
  return [...running].some((it) => it.signals);
}

function forgetSignals(): void {
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

/** Uncaught exceptions and unhandled rejections come here too: Node emits `exit` after them. */
function stopAllNow(): void {
  for (const it of running) it.stopNow();
  running.clear();
}

function onSignal(signal: NodeJS.Signals): void {
  const number = 128 + (constants.signals[signal] ?? 0);
  if (ending) process.exit(number);
  ending = true;
  void Promise.allSettled([...running].map((it) => it.stop())).then(() => {
    forgetSignals();
    // Dying of the signal itself tells the parent the truth; where others listen too, nobody would die of it.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    else process.exit(number);
  });
}
