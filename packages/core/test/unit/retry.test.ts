import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { pauseMs, Retries } from "../../src/backend/retry.js";
import { TimeLimit } from "../../src/support/deadline.js";
import {
  type ErrorCode,
  RemoteBackendError,
  type RemoteBackendErrorOptions,
} from "../../src/support/errors.js";

const error = (code: ErrorCode, options?: RemoteBackendErrorOptions) =>
  new RemoteBackendError(code, "The service is away.", options);

afterEach(() => {
  jest.restoreAllMocks();
});

describe("the longest pause before a retry", () => {
  const longest = (options?: RemoteBackendErrorOptions) => {
    jest.spyOn(Math, "random").mockReturnValue(1);
    return [0, 1, 2, 10].map((attempt) => pauseMs(error("unavailable", options), attempt));
  };

  it("starts at 100 ms and ends at a second", () => {
    expect(longest()).toEqual([100, 200, 400, 1_000]);
  });

  it("starts at 500 ms if the service throttles", () => {
    expect(longest({ isThrottled: true })).toEqual([500, 1_000, 2_000, 4_000]);
  });

  it("is never shorter than the service's Retry-After", () => {
    expect(longest({ retryAfterMs: 2_000 })).toEqual([3_000, 3_000, 3_000, 3_000]);
    jest.spyOn(Math, "random").mockReturnValue(0);
    expect(pauseMs(error("unavailable", { retryAfterMs: 2_000 }), 0)).toBe(2_000);
  });
});

describe("a failed call is retried", () => {
  /** Counts the attempts of a call that always fails, without real pauses. */
  const attempts = async (failure: RemoteBackendError, maxAttempts?: number, ms = 60_000) => {
    jest.spyOn(Math, "random").mockReturnValue(0);
    let made = 0;
    const retries = new Retries(new TimeLimit(ms), maxAttempts);
    const run = retries.run(() => {
      // Nothing else ends retries without pauses.
      if (++made === 100) return Promise.resolve();
      return Promise.reject(failure);
    });
    await run.catch((reason) => expect(reason).toBe(failure));
    return made;
  };

  it.each<[ErrorCode, boolean]>([
    ["unavailable", true],
    ["unknown-outcome", true],
    ["timeout", false],
    ["permission-denied", false],
    ["misconfigured", false],
  ])("by its error code, unless the error overrides it: %s", async (code, isTransient) => {
    expect(error(code).isTransient).toBe(isTransient);
    expect(await attempts(error(code))).toBe(isTransient ? 100 : 1);
    expect(await attempts(error(code, { isTransient: !isTransient }))).toBe(isTransient ? 1 : 100);
  });

  it("at most maxAttempts times", async () => {
    expect(await attempts(error("unavailable"), 7)).toBe(7);
  });

  it("unless the pause does not fit into the budget or before the deadline", async () => {
    expect(await attempts(error("unavailable", { retryAfterMs: 10_001 }))).toBe(1);
    expect(await attempts(error("unavailable", { retryAfterMs: 5_000 }), undefined, 1_000)).toBe(1);
  });
});
