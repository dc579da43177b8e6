/** Limit of a conformance case on a real service, in milliseconds: no busy machine reaches it. */
export const CASE_TIMEOUT_MS = 180_000;
