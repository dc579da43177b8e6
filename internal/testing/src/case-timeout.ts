/** Limit of a conformance case in milliseconds: a case that takes that long hangs. No busy machine comes near it. */
export const CASE_TIMEOUT_MS = 600_000;
