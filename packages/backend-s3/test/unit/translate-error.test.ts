import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { Attempt, retryAfterMs } from "../../src/connection/attempt.js";
import { bounded, NoCredentials } from "../../src/connection/credentials.js";
import { type FailedRequest, translateError } from "../../src/connection/translate-error.js";

const request = (more: Partial<FailedRequest> = {}): FailedRequest => ({
  action: "s3:PutObject",
  writes: true,
  isSent: true,
  where: "s3.example.org:9000, bucket files",
  ...more,
});
const named = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name, ...more });

describe("client failures are named", () => {
  it("a client of another version of the SDK", async () => {
    const client = new S3Client({
      region: "us-east-1",
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
    });
    // As commands of another version do with the middleware that they expect.
    client.middlewareStack.addRelativeTo(((next: unknown) => next) as never, {
      relation: "after",
      toMiddleware: "serializerMiddlewareOfOld",
      name: "other",
    });
    const command = new GetObjectCommand({ Bucket: "files", Key: "a" });
    const error = await new Attempt(client, 10_000)
      .run(
        (sender) => sender.send(command),
        () => new Error("late"),
      )
      .catch((reason: unknown) => reason);
    expect(translateError(error, request({ isSent: false }))).toMatchObject({
      code: "misconfigured",
      isTransient: false,
      message: expect.stringContaining("does not match the version of @aws-sdk/client-s3"),
    });
  });

  it("a runtime without DOMParser", () => {
    const error = named("ReferenceError", "DOMParser is not defined");
    expect(translateError(error, request({ writes: false }))).toMatchObject({
      code: "misconfigured",
      isTransient: false,
      message: expect.stringContaining("has no DOMParser"),
    });
  });

  it.each([
    [true, false, "misconfigured", "The S3 client failed while reading the response (TypeError)."],
    [true, true, "unknown-outcome", "The S3 client failed while reading the response (TypeError)."],
    [false, true, "misconfigured", "The S3 client failed before sending the request (TypeError)."],
  ])("a defect, sent %s and writing %s", (isSent, writes, code, message) => {
    const error = new TypeError("Cannot read properties of undefined (reading 'hunter2')");
    expect(translateError(error, request({ isSent, writes }))).toMatchObject({
      code,
      message,
      isTransient: false,
    });
  });

  it("a failing provider of a caller's client, as a transient failure", () => {
    expect(translateError(new Error("vault: hunter2"), request({ isSent: false }))).toMatchObject({
      code: "unavailable",
      isTransient: true,
      message: "The S3 client failed before sending the request (Error).",
    });
  });

  it("a handler on fetch that cannot connect", () => {
    const error = named("TypeError", "fetch failed");
    expect(translateError(error, request())).toMatchObject({
      code: "unknown-outcome",
      message: "The connection to the store was lost (s3.example.org:9000, bucket files).",
    });
  });
});

describe("an unreachable store is named", () => {
  it.each([
    [{ code: "ECONNREFUSED" }, "unavailable", "The store cannot be reached: nothing listens at its address"],
    [{ code: "EPIPE" }, "unknown-outcome", "The connection to the store was lost"],
    [{ name: "TimeoutError" }, "unknown-outcome", "The store did not answer in time"],
    [
      { name: "NoSuchBucket", $metadata: { httpStatusCode: 404 } },
      "misconfigured",
      "The store has no bucket of that name",
    ],
    [{ $metadata: { httpStatusCode: 502 } }, "unknown-outcome", "The store failed (HTTP 502)"],
  ])("%j", (fields, code, words) => {
    const error = translateError(Object.assign(new Error("x"), fields), request());
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    expect(error.message).toContain("(s3.example.org:9000, bucket files).");
  });
});

describe("advice for an operator is a hint, not part of the message that a model may read", () => {
  it.each([
    ["NoSuchBucket", "misconfigured", "The store has no bucket of that name", /createBucket: true/],
    ["PermanentRedirect", "misconfigured", "The bucket is in another region", /region/],
    ["BucketAlreadyExists", "misconfigured", "Another account owns a bucket of that name", /another name/],
    [
      "RequestTimeTooSkewed",
      "unavailable",
      "This machine's clock differs too much from the store's",
      /Synchronize/,
    ],
  ])("%s", (name, code, message, hint) => {
    const error = named(name, "x", { $metadata: { httpStatusCode: 400 } });
    expect(translateError(error, request())).toMatchObject({
      code,
      message: `${message} (s3.example.org:9000, bucket files).`,
      hint: expect.stringMatching(hint),
    });
  });

  it("credentials that cannot be obtained", () => {
    expect(translateError(new NoCredentials(false), request({ isSent: false }))).toMatchObject({
      message: "No credentials could be obtained.",
      hint: expect.stringContaining("accessKeyId"),
      isTransient: true,
    });
  });
});

it.each([
  [503, "SlowDown", true],
  [503, "ServiceUnavailable", true],
  [429, "TooManyRequests", true],
  [500, "InternalError", false],
])("%d %s means throttling: %s", (status, name, isThrottled) => {
  const error = named(name, "x", { $metadata: { httpStatusCode: status } });
  expect(translateError(error, request({ retryAfterMs: 3_000 }))).toMatchObject({
    isThrottled,
    retryAfterMs: 3_000,
    isTransient: true,
  });
});

describe("Retry-After", () => {
  it("is in seconds, or a date", () => {
    jest.spyOn(Date, "now").mockReturnValue(Date.parse("Wed, 21 Oct 2026 07:27:58 GMT"));
    expect(retryAfterMs("2")).toBe(2_000);
    expect(retryAfterMs("Wed, 21 Oct 2026 07:28:00 GMT")).toBe(2_000);
    expect(retryAfterMs("Wed, 21 Oct 2026 07:00:00 GMT")).toBe(0);
    for (const value of [undefined, "", "soon", "-1 s"]) expect(retryAfterMs(value)).toBeUndefined();
  });
});

describe("credentials that never arrive", () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it("end the attempt, and no request is sent any more", async () => {
    jest.useFakeTimers();
    let sent = 0;
    let come = (_: { accessKeyId: string; secretAccessKey: string }) => {};
    const client = new S3Client({
      region: "us-east-1",
      credentials: () => new Promise((resolve) => (come = resolve)),
      requestHandler: {
        handle: () => {
          sent++;
          return Promise.reject(new Error("sent"));
        },
      },
      maxAttempts: 1,
    });
    const command = new GetObjectCommand({ Bucket: "files", Key: "a" });
    const attempt = new Attempt(client, 10_000);
    let late: unknown;
    const request = attempt.run(
      (sender) => {
        const answer = sender.send(command);
        late = answer.catch((reason: unknown) => reason);
        return answer;
      },
      () => new Error("late"),
    );
    const failed = expect(request).rejects.toThrow("late");
    await jest.advanceTimersByTimeAsync(10_000);
    await failed;
    expect(attempt.isSent).toBe(false);
    come({ accessKeyId: "a", secretAccessKey: "b" });
    await jest.advanceTimersByTimeAsync(100);
    expect(await late).toMatchObject({ message: expect.stringContaining("abandoned") });
    expect(sent).toBe(0);
  });

  it("abort the function, which the SDK calls again for the next request", async () => {
    jest.useFakeTimers();
    const provider = bounded(() => new Promise(() => {}));
    const failed = expect(provider()).rejects.toMatchObject({ isLate: true });
    await jest.advanceTimersByTimeAsync(10_000);
    await failed;
  });
});
