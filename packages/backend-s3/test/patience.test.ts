import { setImmediate } from "node:timers/promises";
import { S3Client } from "@aws-sdk/client-s3";
import { failure, type Intercept, type ProxiedRequest, S3Proxy } from "@deepagents-internal/testing/s3-proxy";
import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { CREDENTIALS_TIMEOUT_MS } from "../src/connection/credentials.js";
import { useBucket } from "./helpers/bucket.js";
import { openThrough, useProxy } from "./helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);

/** Retries without pauses: how many there are is counted, not timed. */
const withoutPauses = () => jest.spyOn(Math, "random").mockReturnValue(0);
afterEach(() => {
  jest.restoreAllMocks();
});

/** Refuses the first requests. */
const refusing = (count: number, answer: ReturnType<typeof failure>): Intercept => {
  let left = count;
  return (_, forward) => (left-- > 0 ? answer : forward());
};

/** Lets timers of this length end at once, and counts them. */
function withoutWaits(ms: number): () => number {
  const { setTimeout } = globalThis;
  let waits = 0;
  jest.spyOn(globalThis, "setTimeout").mockImplementation(((run: () => void, after?: number) => {
    if (after === ms) waits++;
    return setTimeout(run, after === ms ? 0 : after);
  }) as typeof setTimeout);
  return () => waits;
}

const isPut = ({ method }: ProxiedRequest) => method === "PUT";

describe("a store that throttles temporarily", () => {
  it.each([
    ["503 SlowDown", failure(503, "SlowDown")],
    ["429", { status: 429 }],
    ["503 with Retry-After", { ...failure(503, "SlowDown"), headers: { "retry-after": "0" } }],
  ])("is retried with %s until it answers", async (_, answer) => {
    const backend = await openThrough(proxy, bucket);
    await backend.uploadFiles([[`/throttled-${answer.status}.txt`, Buffer.from("x")]]);
    withoutPauses();
    proxy.asked = [];
    proxy.intercept = refusing(20, answer);
    expect(await backend.read(`/throttled-${answer.status}.txt`)).toMatchObject({ content: "x" });
    expect(proxy.asked.length).toBe(21);
  });

  it("is not retried before its Retry-After", async () => {
    const backend = await openThrough(proxy, bucket);
    proxy.intercept = () => ({ ...failure(503, "SlowDown"), headers: { "retry-after": "60" } });
    // More than an operation waits.
    expect((await backend.read("/a.txt")).error).toContain("is throttling requests");
    expect(proxy.asked.length).toBe(1);
  });
});

describe("a lost race is no failure, and uses up no attempts", () => {
  /** Refuses a conditional PUT that overlaps another one of its key, as AWS, CoreWeave and Ceph do. */
  const refusingOverlaps = (): Intercept => {
    const writing = new Set<string>();
    return async (asked, forward) => {
      if (!isPut(asked)) return forward();
      if (writing.has(asked.url)) return failure(409, "ConditionalRequestConflict");
      writing.add(asked.url);
      // Others come meanwhile.
      await setImmediate();
      return forward().finally(() => writing.delete(asked.url));
    };
  };

  it("edits of ten agents are all applied, with 409 for every overlap", async () => {
    const backends = await Promise.all(
      Array.from({ length: 10 }, () => openThrough(proxy, bucket, { maxAttempts: 1 })),
    );
    await backends[0]!.write("/n.txt", "n");
    proxy.intercept = refusingOverlaps();
    const edits = backends.map((backend) => backend.edit("/n.txt", "n", "n+"));
    for (const answer of await Promise.all(edits)) expect(answer).not.toHaveProperty("error");
    expect(await backends[0]!.read("/n.txt")).toMatchObject({ content: `n${"+".repeat(10)}` });
  });

  it("lets one of ten creators win, and reports the existing file to the others", async () => {
    const backends = await Promise.all(
      Array.from({ length: 10 }, () => openThrough(proxy, bucket, { maxAttempts: 1 })),
    );
    proxy.intercept = refusingOverlaps();
    const answers = await Promise.all(backends.map((backend, i) => backend.write("/one.txt", `${i}`)));
    const errors = answers.flatMap(({ error }) => error ?? []);
    expect(errors).toHaveLength(9);
    for (const error of errors) expect(error).toContain("already exists");
  });
});

it("repeats writes to a store that accepts one write per key at a time", async () => {
  const backend = await openThrough(proxy, bucket);
  // Refuses every second write of a key as too early.
  const written = new Set<string>();
  proxy.intercept = (asked, forward) => {
    if (!isPut(asked)) return forward();
    if (written.delete(asked.url)) return { status: 429 };
    written.add(asked.url);
    return forward();
  };
  withoutPauses();
  await backend.write("/rate.txt", "n");
  for (let i = 0; i < 5; i++) expect(await backend.edit("/rate.txt", "n", "n+")).not.toHaveProperty("error");
  expect(await backend.read("/rate.txt")).toMatchObject({ content: "n+++++" });
  expect(proxy.asked.filter(isPut)).toHaveLength(11);
});

describe("credentials", () => {
  const { accessKeyId, secretAccessKey } = bucket.connection;
  const endpoint = () => ({
    accessKeyId: undefined,
    secretAccessKey: undefined,
    endpointUrl: proxy.endpointUrl,
  });

  it("that are briefly unavailable are requested again", async () => {
    let calls = 0;
    const credentials = async () => {
      if (++calls <= 5) throw new Error("hunter2");
      return { accessKeyId, secretAccessKey };
    };
    withoutPauses();
    const backend = bucket.backend({ ...endpoint(), clientConfig: { credentials } });
    await backend.initialize();
    expect(calls).toBe(6);
  });

  it("that may not write at first are requested again by a later write", async () => {
    // A store of its own: what the process knows of the other one would spare the probe.
    const store = await S3Proxy.start(bucket.connection.endpointUrl);
    store.intercept = (asked, forward) => (isPut(asked) ? failure(403, "AccessDenied") : forward());
    const backend = bucket.backend({ endpointUrl: store.endpointUrl });
    await backend.initialize();
    expect((await backend.write("/rights.txt", "x")).error).toContain("may not write");
    store.reset();
    expect(await backend.write("/rights.txt", "x")).toEqual({ path: "/rights.txt", filesUpdate: null });
    await store.stop();
  });

  it.each(["client", "clientConfig"] as const)(
    "that never arrive cost the time of one operation, until they arrive (%s)",
    async (option) => {
      let come = (_: { accessKeyId: string; secretAccessKey: string }) => {};
      const coming = new Promise<Parameters<typeof come>[0]>((resolve) => {
        come = resolve;
      });
      const credentials = () => coming;
      const { region } = bucket.connection;
      const client = new S3Client({ endpoint: proxy.endpointUrl, region, credentials, forcePathStyle: true });
      const options = option === "client" ? { client } : { ...endpoint(), clientConfig: { credentials } };
      const waits = withoutWaits(CREDENTIALS_TIMEOUT_MS);
      const backend = bucket.backend(options);
      const late = "Cannot write '/late.txt': No credentials could be obtained in time.";
      expect(await backend.write("/late.txt", "x")).toEqual({ error: `Error: ${late}` });
      // One attempt: of a function of the options the limit is its own, too.
      expect(waits()).toBe(option === "client" ? 1 : 2);
      const [answer] = await backend.downloadFiles(["/late.txt"]);
      expect(answer?.message).toMatch(
        /^The operation was not sent, .* No credentials could be obtained in time/,
      );
      expect(proxy.asked).toEqual([]);
      jest.restoreAllMocks();
      come({ accessKeyId, secretAccessKey });
      // Until the circuit breaker asks again.
      while ((await backend.write("/late.txt", option)).error) await setImmediate();
      expect(await backend.read("/late.txt")).toMatchObject({ content: option });
      await backend.delete("/late.txt");
      client.destroy();
    },
  );

  it("that cannot be obtained at all are an error that says so, and a write has a known outcome", async () => {
    const credentials = () => Promise.reject(new Error("hunter2"));
    const backend = bucket.backend({ ...endpoint(), clientConfig: { credentials }, maxAttempts: 2 });
    const { error } = await backend.write("/a.txt", "x");
    expect(error).toMatch(/^Error: Cannot write '\/a.txt': No credentials could be obtained/);
    expect(error).not.toContain("hunter2");
    expect(proxy.asked).toEqual([]);
  });
});
