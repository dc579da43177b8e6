/** Why a case is not tried. */
export interface Untried {
  readonly status: "not-promised" | "not-applicable" | "unavailable";
  readonly reason: string;
  /** The promises that are missing. */
  readonly missing?: readonly string[];
}

/** Thrown in a case to say that it cannot be tried after all. */
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

/** Ends a case that turns out to need a promise that is not made. */
export function notPromisedAfterAll(name: string): NotTried {
  return new NotTried(notPromised([name]));
}
