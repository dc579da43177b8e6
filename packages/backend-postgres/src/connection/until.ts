import type { CallOptions } from "@deepagents-remote/core/adapter";

/** End of an operation: a time on the `performance.now()` clock, or an AbortSignal. */
export type Until = number | AbortSignal;

/** Returns the end of a call. Prefers `deadline`, because creating an AbortSignal is measurable. */
export const until = (options: Pick<CallOptions, "signal" | "deadline">): Until =>
  options.deadline ?? options.signal;

/** True if the end has been reached. */
export const isOver = (until: Until): boolean =>
  typeof until === "number" ? performance.now() >= until : until.aborted;

/** Returns the remaining time in milliseconds; infinite for a signal. */
export const timeLeft = (until: Until): number =>
  typeof until === "number" ? until - performance.now() : Number.POSITIVE_INFINITY;
