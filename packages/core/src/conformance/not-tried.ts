/** Reason why a case is not run. */
export interface Untried {
  readonly status: "not-promised" | "not-applicable" | "unavailable";
  readonly reason: string;
  /** Missing promises. */
  readonly missing?: readonly string[];
}

/** Thrown by a case that turns out not to be runnable. */
export class NotTried extends Error {
  override readonly name = "NotTried";
  readonly untried: Untried;

  constructor(untried: Untried) {
    super(untried.reason);
    this.untried = untried;
  }
}

/** Names the promises that a case needs and the subject does not make. */
export const notPromised = (missing: readonly string[]): Untried => ({
  status: "not-promised",
  reason: `${missing.join(", ")} not promised`,
  missing,
});

/** Ends a case that turns out to need a missing promise. */
export function notPromisedAfterAll(name: string): NotTried {
  return new NotTried(notPromised([name]));
}
