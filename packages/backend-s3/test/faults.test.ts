import { execFile } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { inspect, promisify } from "node:util";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { expectDone, expectOutage, prepareAll, runAll } from "@deepagents-internal/testing";
import {
  type Answer,
  failure,
  type Intercept,
  type ProxiedRequest,
  S3Proxy,
} from "@deepagents-internal/testing/s3-proxy";
import { scaled } from "@deepagents-internal/testing/scaled";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { S3Backend, S3BackendOptions } from "../src/index.js";
import { useBucket } from "./helpers/bucket.js";
import { openThrough, useProxy } from "./helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);
let direct: S3Backend;

beforeAll(async () => {
  direct = bucket.backend();
  await openThrough(proxy, bucket);
});

/** A backend behind the proxy that is ready, and files for all operations. */
const prepare = async (at: string, options: Partial<S3BackendOptions> = {}) => {
  await prepareAll(direct, at);
  return openThrough(proxy, bucket, options);
};

const html = (status: number): Answer => ({
  status,
  headers: { "content-type": "text/html" },
  body: "<html><body><h1>Not found</h1>\n<hr>nginx</body></html>\n",
});
const empty = (status: number): Answer => ({ status });

/** Half of an answer's body, where it has one. */
const half = (answer: Answer, by: "reset" | "stall"): Answer =>
  answer.body?.length ? { ...answer, breaksOff: { after: Math.ceil(answer.body.length / 2), by } } : answer;

const writes = ({ method }: ProxiedRequest) => method !== "GET" && method !== "HEAD";

/** Faults after which a change may have been made, and has not. */
const LOST_BEFORE = new Set([
  "with 500 InternalError, and was not carried out",
  "with 502 and a page of a gateway",
  "with 503 of a gateway and an empty body",
  "with the end of the connection, and was not carried out",
  "with silence",
]);

describe("every operation is carried out once if each of its requests fails first", () => {
  it.each<[string, Intercept]>([
    ["with 503 SlowDown", () => failure(503, "SlowDown")],
    ["with 500 InternalError, and was not carried out", () => failure(500, "InternalError")],
    [
      "with 500 InternalError, and was carried out",
      async (_, forward) => {
        await forward();
        return failure(500, "InternalError");
      },
    ],
    [
      "with 409 ConditionalRequestConflict",
      (asked, forward) => (writes(asked) ? failure(409, "ConditionalRequestConflict") : forward()),
    ],
    [
      "with 403 AccessDenied, if it is a PUT",
      (asked, forward) => (asked.method === "PUT" ? failure(403, "AccessDenied") : forward()),
    ],
    [
      "with 400 RequestTimeout",
      (asked, forward) => (writes(asked) ? failure(400, "RequestTimeout") : forward()),
    ],
    ["with 429", () => empty(429)],
    ["with 502 and a page of a gateway", () => html(502)],
    ["with 503 of a gateway and an empty body", () => empty(503)],
    ["with the end of the connection, and was not carried out", () => "reset"],
    [
      "with the end of the connection, and was carried out",
      async (_, forward) => {
        await forward();
        return "reset" as const;
      },
    ],
    ["with silence", () => "stall"],
    [
      "with silence, and was carried out",
      async (_, forward) => {
        await forward();
        return "stall" as const;
      },
    ],
    ["in the middle of the answer's body", async (_, forward) => half(await forward(), "reset")],
    ["with silence in the middle of the answer's body", async (_, forward) => half(await forward(), "stall")],
    [
      "with an empty page in the place of a listing",
      (asked, forward) => (asked.url.includes("list-type") ? empty(200) : forward()),
    ],
    [
      "with an error under status 200",
      (asked, forward) =>
        /list-type|delete/.test(asked.url) ? { ...failure(500, "InternalError"), status: 200 } : forward(),
    ],
  ])("%s", async (name, fault) => {
    const at = `/once/${name.replaceAll(/\W+/g, "-")}`;
    const backend = await prepare(at, { maxAttempts: 6, readTimeoutMs: scaled(1_000) });
    // The clock of S3 counts seconds: of a file that is as new as this one, only a known ETag tells that it is untouched.
    await backend.downloadFiles([`${at}/upload.txt`]);
    const failed = new Set<string>();
    proxy.intercept = (asked, forward) => {
      const request = `${asked.method} ${asked.url}`;
      if (failed.has(request)) return forward();
      failed.add(request);
      return fault(asked, forward);
    };
    const isLost = LOST_BEFORE.has(name);
    await expectDone(await runAll(backend, at), direct, at, isLost ? "unknown" : "done");
  });
});

describe("a request that keeps failing", () => {
  it.each([1, 2, 5])("is sent maxAttempts times: %d", async (maxAttempts) => {
    const options = [{ maxAttempts }, { maxRetries: maxAttempts - 1 }];
    for (const [i, run] of [
      (backend: S3Backend) => backend.ls("/budget"),
      (backend: S3Backend) => backend.read("/budget/kept.txt"),
      (backend: S3Backend) => backend.write("/budget/new.txt", "x"),
    ].entries()) {
      // One that has seen an outage sends nothing but a probe.
      proxy.reset();
      const backend = await prepare("/budget", { ...options[i % 2], pathConflicts: "allow" });
      proxy.intercept = () => failure(500, "SlowDown");
      expect((await run(backend)).error).toContain("is throttling requests");
      expect(proxy.asked).toHaveLength(maxAttempts);
    }
  });

  it.each<[string, Intercept, RegExp]>([
    ["503 SlowDown", () => failure(503, "SlowDown"), /is throttling requests|HTTP 503/],
    ["500 InternalError", () => failure(500, "InternalError"), /The store failed|unknown whether/],
    [
      "404 without a code",
      (asked, forward) => (writes(asked) ? forward() : empty(404)),
      /HTTP 404 without an error code/,
    ],
    ["502 and a page", () => html(502), /The store failed|unknown whether/],
    ["the end of the connection", () => "reset", /connection to the store was lost|unknown whether/],
    ["403 AccessDenied", () => failure(403, "AccessDenied"), /lack permission for this operation \(s3:\w+\)/],
    ["404 NoSuchBucket", () => failure(404, "NoSuchBucket"), /has no bucket of that name/],
    ["a page under status 200", () => html(200), /could not be understood|unknown whether/],
  ])("with %s is reported in the shape of the protocol, and never as absence", async (_, fault, words) => {
    const backend = await prepare("/outage", { maxAttempts: 2 });
    proxy.intercept = fault;
    const answers = await runAll(backend, "/outage");
    expectOutage(answers, words);
  });

  it("reveals no key, no token and no message of the store", async () => {
    const token = "FwoGZXIvYXdzEXAMPLETOKEN";
    const { secretAccessKey } = bucket.connection;
    const said = { ...failure(400, "InvalidToken") };
    said.body = `${said.body}`.replace(
      "<RequestId>",
      `<Token-0>${token}</Token-0><StringToSign>${token}</StringToSign><RequestId>`,
    );
    proxy.intercept = () => said;
    const backend = bucket.backend({ endpointUrl: proxy.endpointUrl, sessionToken: token });
    const error = await backend.initialize().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "misconfigured",
      message: expect.stringContaining("refused the session token"),
    });
    expect(inspect(error, { depth: 9 })).not.toMatch(new RegExp(`${token}|${secretAccessKey}`));
  });
});

describe("a failed download is a missing file only if the store says so of the key", () => {
  it.each<[string, Answer, string]>([
    ["404 NoSuchKey", failure(404, "NoSuchKey"), "file_not_found"],
    ["404 NoSuchBucket", failure(404, "NoSuchBucket"), "permission_denied"],
    ["404 without a body", empty(404), "permission_denied"],
    ["404 and a page of a gateway", html(404), "permission_denied"],
    ["404 of another code", failure(404, "NoSuchUpload"), "permission_denied"],
    ["410", empty(410), "permission_denied"],
    ["403", empty(403), "permission_denied"],
    ["301 to another region", failure(301, "PermanentRedirect"), "permission_denied"],
    ["304 that nobody asked for", empty(304), "permission_denied"],
    ["502 and a page of a gateway", html(502), "permission_denied"],
    ["200 without an ETag", html(200), "permission_denied"],
    ["204", empty(204), "permission_denied"],
    ["NoSuchKey that breaks off", half(failure(404, "NoSuchKey"), "reset"), "permission_denied"],
  ])("%s", async (_, answer, error) => {
    const backend = await prepare("/absence", { maxAttempts: 2 });
    proxy.intercept = () => answer;
    expect(await backend.downloadFiles(["/absence/kept.txt"])).toEqual([
      {
        path: "/absence/kept.txt",
        content: null,
        error,
        message: expect.not.stringContaining("unexpectedly"),
      },
    ]);
  });
});

describe("an operation ends before its deadline", () => {
  it("if the store stops answering; a change has an unknown outcome", async () => {
    const backend = await prepare("/silent", { operationTimeoutMs: scaled(500) });
    proxy.intercept = () => "stall";
    const answers = await runAll(backend, "/silent");
    expectOutage(answers, /did not answer within \d+ ms/);
    for (const name of ["write", "edit", "delete"]) {
      expect(answers[name]).toMatchObject({ error: expect.stringContaining("unknown whether") });
    }
  });

  it("if the store stops in the middle of its answers", async () => {
    const backend = await prepare("/within", { operationTimeoutMs: scaled(1_500), maxPoolConnections: 12 });
    proxy.intercept = async (asked, forward) => (writes(asked) ? "stall" : half(await forward(), "stall"));
    expectOutage(await runAll(backend, "/within"), /did not answer within \d+ ms/);
    proxy.reset();
    // Abandoned requests hold no connection.
    expect(await backend.read("/within/kept.txt")).toMatchObject({ content: "needle" });
  });

  it("when readTimeoutMs is up, for each of its attempts", async () => {
    const backend = await prepare("/quiet", { readTimeoutMs: scaled(500), maxAttempts: 2 });
    proxy.intercept = () => "stall";
    expectOutage(await runAll(backend, "/quiet"), /did not answer in time|unknown whether/);
  });

  it("and does not mistake time in the queue for a failing connection", async () => {
    const backend = await prepare("/queue", {
      maxPoolConnections: 1,
      connectTimeoutMs: scaled(300),
      maxAttempts: 1,
    });
    // Its answer never comes: by the time it gives up, the queued connections have timed out.
    const clock = await openThrough(proxy, bucket, { prefix: "clock", operationTimeoutMs: scaled(600) });
    const isClock = ({ url }: ProxiedRequest) => url.includes("clock");
    let late: ReturnType<S3Backend["ls"]> | undefined;
    proxy.intercept = async (asked, forward) => {
      if (isClock(asked)) return "stall";
      late ??= clock.ls("/");
      await late;
      return forward();
    };
    const answers = await Promise.all([1, 2, 3, 4].map(() => backend.read("/queue/kept.txt")));
    expect((await late)?.error).toMatch(/did not answer within \d+ ms/);
    expect(answers.map(({ content }) => content)).toEqual(Array(4).fill("needle"));
    expect(proxy.asked.filter((asked) => !isClock(asked))).toHaveLength(4);
  });
});

describe("a clock that is wrong by an hour", () => {
  it.each([3_600_000, -3_600_000])("is corrected by the store's: %d ms", async (systemClockOffset) => {
    const at = `/skew/${systemClockOffset}`;
    await prepareAll(direct, at);
    const skewed = () =>
      bucket.backend({ endpointUrl: proxy.endpointUrl, clientConfig: { systemClockOffset } });
    await skewed().initialize();
    await expectDone(await runAll(skewed(), at), direct, at);
  });
});

it("a deletion whose last listing fails has succeeded", async () => {
  const backend = await prepare("/look");
  let hasDeleted = false;
  proxy.intercept = async (asked, forward) => {
    if (asked.method === "DELETE") hasDeleted = true;
    else if (hasDeleted) {
      hasDeleted = false;
      return failure(503, "SlowDown");
    }
    return forward();
  };
  expect(await backend.delete("/look/delete.txt")).toEqual({ path: "/look/delete.txt", filesUpdate: null });
});

describe("close()", () => {
  const rounds = ["/close/a", "/close/b", "/close/c", "/close/d", "/close/e"];
  let proxy: S3Proxy;
  beforeEach(async () => {
    proxy = await S3Proxy.start(bucket.connection.endpointUrl);
  });
  afterEach(() => proxy.stop());

  it("while 50 operations run lets them finish, and leaves no connection", async () => {
    for (const at of rounds) await prepareAll(direct, at);
    const backend = bucket.backend({ endpointUrl: proxy.endpointUrl });
    await backend.initialize();
    const running = rounds.map((at) => runAll(backend, at));
    await backend.close();
    await Promise.all([...proxy.connections].map((connection) => once(connection, "close")));
    const answers = await Promise.all(running);
    for (const [i, at] of rounds.entries()) await expectDone(answers[i]!, direct, at);
    expectOutage(await runAll(backend, "/close/a"), /The backend was closed/);
  });

  it("leaves a caller's client unchanged", async () => {
    const { accessKeyId, secretAccessKey, region } = bucket.connection;
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3Client({ endpoint: proxy.endpointUrl, region, credentials, forcePathStyle: true });
    const backend = bucket.backend({ client });
    await backend.ls("/");
    const before = [...proxy.connections];
    expect(before.length).toBeGreaterThan(0);
    await backend.close();
    await client.send(new ListObjectsV2Command({ Bucket: bucket.name, MaxKeys: 1 }));
    expect([...proxy.connections]).toEqual(before);
    client.destroy();
  });

  it.each<[string, Intercept, number, number]>([
    ["works", (_, forward) => forward(), 30_000, 0],
    ["is silent", () => "stall", 1_000, 22],
  ])(
    "lets a process end by itself while the store %s",
    async (state, intercept, operationTimeoutMs, errors) => {
      proxy.intercept = intercept;
      const options = {
        ...bucket.connection,
        endpointUrl: proxy.endpointUrl,
        bucket: bucket.name,
        prefix: `closes ${state}`,
        operationTimeoutMs,
      };
      const script = fileURLToPath(new URL("./fixtures/closes.mjs", import.meta.url));
      const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(options)]);
      expect(Number(stdout)).toBe(errors);
    },
  );
});
