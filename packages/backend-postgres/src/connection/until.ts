import type { CallOptions } from "@deepagents-remote/core/adapter";

/** When something is to end: at a time of `performance.now()`, or when a signal is aborted. */
export type Until = number | AbortSignal;

/** When a call is to end. Its signal is asked for only where nothing else tells: making one takes time. */
export const until = (call: Pick<CallOptions, "signal" | "deadline">): Until => call.deadline ?? call.signal;

/** Whether it is to have ended. */
export const isOver = (until: Until): boolean =>
  typeof until === "number" ? performance.now() >= until : until.aborted;

/** How much time there is, in milliseconds; what only a signal ends has any. */
export const timeLeft = (until: Until): number =>
  typeof until === "number" ? until - performance.now() : Number.POSITIVE_INFINITY;
