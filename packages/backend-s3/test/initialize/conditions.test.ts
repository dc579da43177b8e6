import { inspect } from "node:util";
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { expectOutage, runAll } from "@deepagents-internal/testing";
import { failure, type Intercept, S3Proxy } from "@deepagents-internal/testing/s3-proxy";
import { describe, expect, it } from "@jest/globals";
import { useBucket } from "../helpers/bucket.js";
import { objectsOf } from "../helpers/objects.js";
import { refusal } from "../helpers/refusal.js";

const bucket = useBucket();
const objects = objectsOf(bucket);

const isProbe = ({ method, url }: { method: string; url: string }) =>
  method === "PUT" && url.includes("deepagents-remote-probe");

describe("the probe of a store", () => {
  /** Carries out conditional writes as if these conditions were not there; the signature covers them. */
  const ignoring =
    (...conditions: readonly string[]): Intercept =>
    async (asked, forward) => {
      const answer = await forward();
      const isIgnored = conditions.some((name) => name in asked.headers);
      if (asked.method !== "PUT" || answer.status !== 412 || !isIgnored) return answer;
      const { "content-type": ContentType, ...headers } = asked.headers;
      const metadata = Object.entries(headers).filter(([name]) => name.startsWith("x-amz-meta-"));
      const { ETag } = await bucket.client.send(
        new PutObjectCommand({
          Bucket: bucket.name,
          Key: decodeURIComponent(asked.url.split("?")[0]!.slice(`/${bucket.name}/`.length)),
          Body: asked.body,
          ContentType,
          Metadata: Object.fromEntries(metadata.map(([name, value]) => [name.slice(11), `${value}`])),
        }),
      );
      return { status: 200, headers: { etag: ETag } };
    };
  const hasCondition = (headers: Record<string, unknown>) =>
    headers["if-match"] !== undefined || headers["if-none-match"] !== undefined;
  const refusingEtags: Intercept = (asked, forward) =>
    asked.headers["if-match"]?.startsWith('"') ? failure(412, "PreconditionFailed") : forward();
  const refusingConditions: Intercept = (asked, forward) =>
    hasCondition(asked.headers) ? failure(501, "NotImplemented") : forward();

  it("runs once per process and bucket, and leaves nothing behind", async () => {
    const fresh = await S3Proxy.start(bucket.connection.endpointUrl);
    const open = async () => {
      fresh.asked = [];
      const backend = bucket.backend({ endpointUrl: fresh.endpointUrl });
      await backend.initialize();
      return { backend, probes: fresh.asked.filter(isProbe).length };
    };
    const before = await objects.keys("");
    const first = await open();
    expect(first.probes).toBeGreaterThan(0);
    expect(first.backend.capabilities).toMatchObject({ atomic: true, fileAndDirectory: false });
    expect(await objects.keys("")).toEqual(before);
    const second = await open();
    expect(second.probes).toBe(0);
    expect(second.backend.capabilities).toEqual(first.backend.capabilities);
    await fresh.stop();
  });

  it("leaves nothing behind if one of its requests is lost and others arrive late", async () => {
    const store = await S3Proxy.start(bucket.connection.endpointUrl);
    const before = await objects.keys("");
    let isLost = false;
    store.intercept = async (asked, forward) => {
      if (!isProbe(asked)) return forward();
      if (!isLost) {
        isLost = true;
        return "reset";
      }
      // Longer than the trial takes to delete its objects.
      for (let i = 0; i < 40; i++) await objects.keys("");
      return forward();
    };
    const backend = bucket.backend({ endpointUrl: store.endpointUrl });
    await backend.initialize();
    await store.stop();
    expect(isLost).toBe(true);
    expect(await objects.keys("")).toEqual(before);
  });

  it.each(["InvalidArgument", "InvalidObjectName"])(
    "uses ordinary names if the store refuses U+007F (%s), and is not visible",
    async (code) => {
      const store = await S3Proxy.start(bucket.connection.endpointUrl);
      const before = await objects.keys("");
      const other = bucket.backend();
      const seen: unknown[] = [];
      store.intercept = async (asked, forward) => {
        if (asked.url.includes("%7F")) return failure(400, code);
        // All of its objects are there.
        if (asked.method === "DELETE" && seen.length === 0) {
          seen.push(await objects.keys(".deepagents-remote-probe-"));
          seen.push(await other.ls("/"), await other.glob("**"), await other.delete("/"));
        }
        return forward();
      };
      const backend = bucket.backend({ endpointUrl: store.endpointUrl });
      await backend.initialize();
      await store.stop();
      expect(backend.capabilities).toMatchObject({ atomic: true, fileAndDirectory: false });
      expect(seen[0]).not.toEqual([]);
      expect(inspect(seen.slice(1), { depth: 9 })).not.toContain("deepagents-remote-probe");
      expect(await objects.keys("")).toEqual(before);
    },
  );

  it.each<[string, Intercept]>([
    ["ignores conditions", ignoring("if-none-match", "if-match")],
    ["ignores If-None-Match", ignoring("if-none-match")],
    ["ignores If-Match", ignoring("if-match")],
    ["refuses every quoted ETag, as Ceph does", refusingEtags],
    ["does not know conditions, as Swift does", refusingConditions],
  ])("refuses a store that %s, in all operations too", async (_, intercept) => {
    const broken = await S3Proxy.start(bucket.connection.endpointUrl);
    broken.intercept = intercept;
    const before = await objects.keys("");
    // The second tries it again.
    for (let i = 0; i < 2; i++) {
      const backend = bucket.backend({ endpointUrl: broken.endpointUrl });
      expect(await refusal(backend)).toMatchObject({
        code: "misconfigured",
        message: expect.stringContaining("does not support conditional writes (If-None-Match, If-Match)"),
      });
      expectOutage(await runAll(backend, "/a"), /does not support conditional writes/);
    }
    expect(await objects.keys("")).toEqual(before);
    await broken.stop();
  });

  /** Looks whether a conditional PUT may happen, and then carries it out, as S3Mock does: two at once both do it. */
  const lookingFirst = (): Intercept => {
    const waiting = new Map<string, () => void>();
    /** Returns when two requests of a key have come, or one alone for long enough. */
    const meet = (url: string) =>
      new Promise<void>((resolve) => {
        const other = waiting.get(url);
        waiting.delete(url);
        if (other) {
          other();
          return resolve();
        }
        waiting.set(url, resolve);
        setTimeout(resolve, 500).unref();
      });
    const carryOut = ignoring("if-none-match", "if-match");
    return async (asked, forward) => {
      if (!isProbe(asked) || asked.headers["if-none-match"] === undefined) return forward();
      const { KeyCount } = await bucket.client.send(
        new ListObjectsV2Command({ Bucket: bucket.name, Prefix: keyOf(asked.url) }),
      );
      await meet(asked.url);
      return KeyCount === 0 ? carryOut(asked, forward) : failure(412, "PreconditionFailed");
    };
  };
  const keyOf = (url: string) => decodeURIComponent(url.split("?")[0]!.slice(`/${bucket.name}/`.length));

  it("refuses a store on which two concurrent creates of a file both succeed", async () => {
    const broken = await S3Proxy.start(bucket.connection.endpointUrl);
    broken.intercept = lookingFirst();
    expect(await refusal(bucket.backend({ endpointUrl: broken.endpointUrl }))).toMatchObject({
      code: "misconfigured",
    });
    await broken.stop();
  });

  it("is repeated by a backend that was refused: the store may have been repaired", async () => {
    const store = await S3Proxy.start(bucket.connection.endpointUrl);
    store.intercept = refusingConditions;
    const backend = bucket.backend({ endpointUrl: store.endpointUrl });
    expect((await backend.write("/repaired.txt", "x")).error).toContain(
      "does not support conditional writes",
    );
    store.reset();
    expect(await backend.write("/repaired.txt", "x")).toEqual({ path: "/repaired.txt", filesUpdate: null });
    await store.stop();
  });

  describe("while another client deletes everything", () => {
    it("is not disturbed by deletions of other backends", async () => {
      const store = await S3Proxy.start(bucket.connection.endpointUrl);
      const other = bucket.backend();
      await other.initialize();
      const verdicts: string[][] = [];
      store.intercept = async (asked, forward) => {
        const answer = await forward();
        if (!isProbe(asked) || answer.status !== 200) return answer;
        const before = await objects.keys("");
        expect(await other.delete("/")).toEqual({ path: "/", filesUpdate: null });
        verdicts.push((await objects.keys("")).filter((key) => before.includes(key)));
        return answer;
      };
      const backend = bucket.backend({ endpointUrl: store.endpointUrl });
      await backend.initialize();
      expect(backend.capabilities).toMatchObject({ atomic: true, fileAndDirectory: false });
      expect(verdicts.length).toBeGreaterThan(0);
      for (const left of verdicts) expect(left.length).toBeGreaterThan(0);
      await store.stop();
    });

    it("a bad result is confirmed by a second probe", async () => {
      const store = await S3Proxy.start(bucket.connection.endpointUrl);
      let tries = 0;
      let disturbed: string | undefined;
      store.intercept = async (asked, forward) => {
        // The first probe only: behind each of its writes somebody deletes the object.
        if (isProbe(asked) && tries++ < 6) {
          const answer = await forward();
          disturbed = keyOf(asked.url);
          await bucket.client.send(new DeleteObjectCommand({ Bucket: bucket.name, Key: disturbed }));
          return answer;
        }
        return forward();
      };
      const backend = bucket.backend({ endpointUrl: store.endpointUrl });
      await backend.initialize();
      expect(disturbed).toBeDefined();
      expect(backend.capabilities).toMatchObject({ atomic: true, fileAndDirectory: false });
      await store.stop();
    });
  });

  it("allows for a store that accepts one write per key and second", async () => {
    const store = await S3Proxy.start(bucket.connection.endpointUrl);
    const last = new Map<string, number>();
    let writes = 0;
    store.intercept = (asked, forward) => {
      if (!isProbe(asked)) return forward();
      // Refuses two of three requests for a key, as a store does that takes one write per key and second.
      const refused = last.get(asked.url) ?? 0;
      last.set(asked.url, (refused + 1) % 3);
      if (refused > 0) return { status: 429, headers: { "retry-after": "0" } };
      writes++;
      return forward();
    };
    const backend = bucket.backend({ endpointUrl: store.endpointUrl });
    await backend.initialize();
    expect(backend.capabilities.atomic).toBe(true);
    expect(writes).toBeGreaterThan(0);
    await store.stop();
  });

  it("accepts a store without conditional writes on request: the state before a write is checked instead", async () => {
    const broken = await S3Proxy.start(bucket.connection.endpointUrl);
    broken.intercept = ignoring("if-none-match", "if-match");
    const options = { endpointUrl: broken.endpointUrl, unsafeAllowRaces: true };
    const backend = bucket.backend(options);
    await backend.initialize();
    expect(backend.capabilities.atomic).toBe(false);
    expect(await backend.write("/races.txt", "one two")).not.toHaveProperty("error");
    expect((await backend.write("/races.txt", "x")).error).toContain("already exists");
    expect(await bucket.backend(options).edit("/races.txt", "one", "1")).toMatchObject({ occurrences: 1 });
    // Its own copy is out of date.
    expect(await backend.edit("/races.txt", "two", "2")).toMatchObject({ occurrences: 1 });
    expect((await backend.read("/races.txt")).content).toBe("1 2");
    expect(await backend.uploadFiles([["/races.txt", Buffer.from("new")]])).toMatchObject([{ error: null }]);
    await bucket.backend().delete("/races.txt");
    expect((await backend.edit("/races.txt", "new", "newer")).error).toContain("not found");
    expect(await backend.glob("races.txt")).toEqual({ files: [] });
    await broken.stop();
  });

  it("is skipped on request, and by a read-only backend", async () => {
    const fresh = await S3Proxy.start(bucket.connection.endpointUrl);
    for (const options of [{ conditionalWrites: "assume" }, { readOnly: true }] as const) {
      fresh.asked = [];
      await bucket.backend({ endpointUrl: fresh.endpointUrl, ...options }).initialize();
      expect(fresh.asked.map(({ method }) => method)).toEqual(["GET"]);
    }
    await fresh.stop();
  });

  it("refuses directory buckets", () => {
    expect(() => bucket.backend({ bucket: "files--usw2-az1--x-s3" })).toThrow("names a directory bucket");
  });
});
