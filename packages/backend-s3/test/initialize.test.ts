import { execFile } from "node:child_process";
import { createServer as createWebServer } from "node:http";
import { createServer, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { fileURLToPath } from "node:url";
import { inspect, promisify } from "node:util";
import { DeleteBucketCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { barrier } from "@deepagents-internal/testing";
import type { RemoteBackendError } from "@deepagents-remote/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { generate } from "selfsigned";
import type { S3Backend, S3BackendOptions } from "../src/index.js";
import { useBucket } from "./helpers/bucket.js";
import { credentialsFor } from "./helpers/credentials.js";
import { expectOutage, prepareAll, runAll } from "./helpers/operations.js";
import { type Answer, failure, type Intercept, S3Proxy } from "./helpers/s3-proxy.js";

const bucket = useBucket();
let proxy: S3Proxy;

beforeAll(async () => {
  proxy = await S3Proxy.start(bucket.connection.endpointUrl);
});
afterAll(() => proxy.stop());
beforeEach(() => proxy.reset());

const through = (options: Partial<S3BackendOptions> = {}) =>
  bucket.backend({ endpointUrl: proxy.endpointUrl, ...options });

/** What `initialize()` rejects with; it holds no secret. */
async function refusal(backend: S3Backend, ...secrets: string[]): Promise<RemoteBackendError> {
  const error = await backend.initialize().then(
    () => expect("initialize()").toBe("refused"),
    (reason: unknown) => reason,
  );
  for (const secret of secrets) expect(inspect(error, { depth: 9 })).not.toContain(secret);
  return error as RemoteBackendError;
}

/** Keys of all objects in the bucket. */
const keys = async (Bucket = bucket.name) => {
  const { Contents = [] } = await bucket.client.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key }) => Key);
};

const isProbe = ({ method, url }: { method: string; url: string }) =>
  method === "PUT" && url.includes("deepagents-remote-probe");

describe("a bucket that is missing", () => {
  const names: string[] = [];
  const missing = () => {
    names.push(`${bucket.name}-${names.length}`);
    return names.at(-1)!;
  };
  afterAll(async () => {
    for (const Bucket of names) {
      await bucket.client.send(new DeleteBucketCommand({ Bucket })).catch(() => {});
    }
  });

  it("is told, in all operations too, and used once it is there", async () => {
    const name = missing();
    const backend = bucket.backend({ bucket: name });
    expect(await refusal(backend)).toMatchObject({
      code: "unfit",
      message: "The store has no bucket of that name; create it, or give createBucket: true.",
    });
    expectOutage(await runAll(backend, "/a"), /has no bucket of that name/);
    await bucket.backend({ bucket: name, createBucket: true }).initialize();
    expect(await backend.ls("/")).toEqual({ files: [] });
  });

  it("is made on request, also by two at once", async () => {
    const name = missing();
    const both = barrier(2);
    proxy.intercept = async (asked, forward) => {
      // Both have seen that there is none.
      if (asked.method === "PUT" && asked.url.split("?")[0] === `/${name}`) await both(1);
      return forward();
    };
    const backends = [1, 2].map(() => through({ bucket: name, createBucket: true }));
    await Promise.all(backends.map((backend) => backend.initialize()));
    expect(await keys(name)).toEqual([]);
  });

  it("is not made where it belongs to somebody else, or may not be made", async () => {
    for (const [answer, message] of [
      [failure(409, "BucketAlreadyExists"), "Somebody else has a bucket of that name; choose another one."],
      [failure(403, "AccessDenied"), "The credentials lack the right to do this (s3:CreateBucket)."],
    ] as const) {
      const name = missing();
      proxy.intercept = (asked, forward) => (asked.method === "PUT" ? answer : forward());
      expect(await refusal(through({ bucket: name, createBucket: true }))).toMatchObject({ message });
    }
  });
});

describe("credentials that the store refuses are told", () => {
  const secret = "wrong+SECRET/key";

  it.each<[string, Partial<S3BackendOptions>, string]>([
    ["a wrong secret", { secretAccessKey: secret }, "the secret access key is wrong"],
    [
      "an unknown access key",
      { accessKeyId: "AKIAUNKNOWN", secretAccessKey: secret },
      "does not know the access key",
    ],
    ["a token that is none", { sessionToken: secret }, "refused the session token"],
  ])("%s", async (_, options, words) => {
    const backend = bucket.backend(options);
    const error = await refusal(backend, secret);
    expect(error).toMatchObject({ code: "unfit", message: expect.stringContaining(words) });
    expectOutage(await runAll(backend, "/a"), new RegExp(words));
  });

  it.each<[string, Answer, string]>([
    ["an expired token", failure(400, "ExpiredToken"), "The session token has expired."],
    ["another region", failure(301, "PermanentRedirect"), "The bucket is in another region"],
    ["another region in the signature", failure(400, "AuthorizationHeaderMalformed"), "in another region"],
    ["a clock that is wrong", failure(403, "RequestTimeTooSkewed"), "This machine's clock differs too much"],
    ["an account without rights", failure(403, "AccessDenied"), "lack the right to do this (s3:ListBucket)"],
    ["an account that is switched off", failure(403, "AccountProblem"), "lack the right"],
  ])("%s", async (_, answer, words) => {
    proxy.intercept = () => answer;
    expect((await refusal(through())).message).toContain(words);
  });
});

describe("what keeps a backend from the store is told, and no secret", () => {
  const SECRET = "Secret+of/theTests";
  const keyPair = { accessKeyId: "AKIAOFTHETESTS", secretAccessKey: SECRET };
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });
  const listen = async (server: Server) => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(server.address() as { port: number }).port}`;
  };
  const web = (status: number, body: string) =>
    listen(createWebServer((_, answer) => answer.writeHead(status).end(body)));
  const page = "<html><head><title>Welcome</title></head><body><p>Hello<br></body></html>\n";

  /** Addresses of servers that are no S3, and of none. */
  async function addresses() {
    const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }]);
    const dead = createServer();
    const nothing = await listen(dead);
    dead.close();
    return {
      nothing,
      closing: await listen(createServer((socket) => socket.destroy())),
      quiet: await listen(createServer(() => {})),
      tls: await listen(createTlsServer({ key, cert })),
      site: await web(200, page),
      otherSite: await web(404, page),
      yes: await web(200, ""),
      store: new URL(bucket.connection.endpointUrl).host,
    };
  }
  type Addresses = Awaited<ReturnType<typeof addresses>>;
  /** Options of a backend, or of a client that it is to use. */
  type Options = Partial<S3BackendOptions> & { ownClient?: object };

  const at = (endpointUrl: string): Options => ({ endpointUrl, ...keyPair, operationTimeoutMs: 10_000 });
  const client = (ownClient: object): Options => ({ ownClient });
  const noHost = "http://no-such-host.invalid";
  const noName = /^The store cannot be reached: its host name (is unknown|could not be looked up)\.$/;
  const noTls = /^No encrypted connection could be made to the store \(\w+\)\.$/;
  const cases: [name: string, code: string, words: RegExp, options: (a: Addresses) => Options][] = [
    ["an unknown host", "unavailable", noName, () => at(noHost)],
    ["a bucket in the host's name", "unavailable", noName, () => ({ ...at(noHost), forcePathStyle: false })],
    [
      "a port where nothing listens",
      "unavailable",
      /nothing listens at its addr/,
      (a) => at(`http://${a.nothing}`),
    ],
    [
      "a server that hangs up",
      "unavailable",
      /^The connection to the store broke/,
      (a) => at(`http://${a.closing}`),
    ],
    [
      "a server that says nothing",
      "timeout",
      /^The storage did not answer within 1000 ms\.$/,
      (a) => ({ ...at(`http://${a.quiet}`), operationTimeoutMs: 1_000 }),
    ],
    [
      "a server that says nothing to TLS",
      "unavailable",
      /^The store did not answer in time\.$/,
      (a) => ({ ...at(`https://${a.quiet}`), readTimeoutMs: 500 }),
    ],
    ["TLS to a port without", "unfit", noTls, (a) => at(`https://${a.store}`)],
    ["no TLS to a port with it", "unavailable", /broke off\.$/, (a) => at(`http://${a.tls}`)],
    ["a certificate that nobody vouches for", "unfit", noTls, (a) => at(`https://${a.tls}`)],
    ["a web site", "unavailable", /is it S3\?$/, (a) => at(`http://${a.site}`)],
    ["a web site without that page", "unfit", /is it S3\?$/, (a) => at(`http://${a.otherSite}`)],
    ["a server that says yes to everything", "unavailable", /is it S3\?$/, (a) => at(`http://${a.yes}`)],
    [
      "no credentials",
      "unfit",
      /^No credentials could be had/,
      (a) => ({ endpointUrl: `http://${a.store}` }),
    ],
    [
      "a client without credentials",
      "unfit",
      /^No credentials could be had/,
      (a) => client({ endpoint: `http://${a.store}`, region: "us-east-1" }),
    ],
    [
      "a client without a region",
      "unfit",
      /^The client has no region; give it one\.$/,
      (a) => client({ endpoint: `http://${a.store}`, credentials: keyPair }),
    ],
  ];

  let outcomes: { code: string; message: string; answer: string; inspected: string }[];
  beforeAll(async () => {
    const all = await addresses();
    const options = cases.map(([, , , optionsOf]) => ({ bucket: bucket.name, ...optionsOf(all) }));
    const script = fileURLToPath(new URL("./fixtures/initializes.mjs", import.meta.url));
    // Credentials can only be looked for at the machine's metadata, which say nothing.
    const env = {
      PATH: process.env.PATH,
      HOME: "/nonexistent",
      AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://${all.quiet}`,
    };
    const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(options)], {
      env,
    });
    outcomes = JSON.parse(stdout);
  });

  it.each(cases.map(([name, code, words], i) => ({ name, code, words, i })))(
    "$name",
    ({ code, words, i }) => {
      const { answer, inspected, ...error } = outcomes[i]!;
      expect(error).toEqual({ code, message: expect.stringMatching(words) });
      // Of a write.
      expect(answer).toMatch(/^Error: Cannot write/);
      expect(answer).not.toMatch(/not found/i);
      expect(inspected).not.toContain(SECRET);
    },
  );
});

describe("credentials that may not", () => {
  const ALL = ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"];
  const without = async (...denied: string[]) => {
    const allowed = ALL.filter((action) => !denied.includes(action));
    return bucket.backend(await credentialsFor(bucket, allowed));
  };
  beforeAll(() => prepareAll(bucket.backend(), "/d"));

  /** What each method says to be lacking; the others are done. */
  const expectLacking = (answers: Record<string, unknown>, lacking: Record<string, string>) => {
    for (const [method, answer] of Object.entries(answers)) {
      const { error, message } = (Array.isArray(answer) ? answer[0] : answer) as Record<
        string,
        string | null
      >;
      const said = `${method}: ${message ?? error ?? "done"}`;
      expect(said).toContain(lacking[method] ?? "done");
      expect(said).not.toMatch(/not found/i);
    }
  };

  it.each([
    ["cannot be tried by them", true, "The credentials may not write to the bucket."],
    ["is known", false, "The credentials lack the right to do this (s3:PutObject)."],
  ])("write read, and are told so at each change, where the store %s", async (_, isNew, cannot) => {
    const readOnly = await credentialsFor(bucket, ["s3:ListBucket", "s3:GetObject"]);
    const fresh = await S3Proxy.start(bucket.connection.endpointUrl);
    const backend = bucket.backend({ ...readOnly, ...(isNew && { endpointUrl: fresh.endpointUrl }) });
    await backend.initialize();
    const before = await keys();
    expectLacking(await runAll(backend, "/d"), {
      write: cannot,
      edit: cannot,
      upload: cannot,
      delete: "The credentials lack the right to do this (s3:DeleteObject).",
    });
    expect(await keys()).toEqual(before);
    await fresh.stop();
  });

  it("list are told so by every method", async () => {
    const backend = await without("s3:ListBucket");
    const answers = await runAll(backend, "/d");
    expectOutage(answers, /The credentials lack the right to do this \(s3:ListBucket\)/);
  });

  it("read list and create, and are told so at everything else", async () => {
    const backend = await without("s3:GetObject");
    await backend.initialize();
    const cannot = "The credentials lack the right to do this (s3:GetObject).";
    const methods = ["read", "readRaw", "write", "edit", "grep", "delete", "upload", "download"];
    expectLacking(await runAll(backend, "/d"), Object.fromEntries(methods.map((method) => [method, cannot])));
    expect(await backend.write("/blind.txt", "x")).toEqual({ path: "/blind.txt", filesUpdate: null });
  });

  it("delete write, and are told what is left", async () => {
    const backend = await without("s3:DeleteObject");
    await backend.initialize();
    expect((await backend.delete("/d/kept.txt")).error).toContain(
      "lack the right to do this (s3:DeleteObject)",
    );
    expect(await backend.delete("/d")).toEqual({
      error: expect.stringMatching(/^Error: \d+ files could not be deleted and are still there$/),
    });
    expect((await backend.read("/d/kept.txt")).content).toBe("needle");
    expect(await backend.write("/d/more.txt", "x")).not.toHaveProperty("error");
  });
});

describe("what a store does", () => {
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

  it("is tried once per process and bucket, and nothing of it stays", async () => {
    const fresh = await S3Proxy.start(bucket.connection.endpointUrl);
    const open = async () => {
      fresh.asked = [];
      const backend = bucket.backend({ endpointUrl: fresh.endpointUrl });
      await backend.initialize();
      return { backend, probes: fresh.asked.filter(isProbe).length };
    };
    const before = await keys();
    const first = await open();
    expect(first.probes).toBeGreaterThan(0);
    expect(first.backend.capabilities).toMatchObject({ atomic: true, fileAndDirectory: false });
    expect(await keys()).toEqual(before);
    const second = await open();
    expect(second.probes).toBe(0);
    expect(second.backend.capabilities).toEqual(first.backend.capabilities);
    await fresh.stop();
  });

  it.each<[string, Intercept]>([
    ["ignores conditions", ignoring("if-none-match", "if-match")],
    ["ignores If-None-Match", ignoring("if-none-match")],
    ["ignores If-Match", ignoring("if-match")],
    ["refuses every quoted ETag, as Ceph does", refusingEtags],
    ["does not know conditions, as Swift does", refusingConditions],
  ])("is refused when it %s, in all operations too", async (_, intercept) => {
    const broken = await S3Proxy.start(bucket.connection.endpointUrl);
    broken.intercept = intercept;
    const before = await keys();
    // The second knows it from the first.
    for (let i = 0; i < 2; i++) {
      const backend = bucket.backend({ endpointUrl: broken.endpointUrl });
      expect(await refusal(backend)).toMatchObject({
        code: "unfit",
        message: expect.stringContaining("does not keep the conditions of writes (If-None-Match, If-Match)"),
      });
      expectOutage(await runAll(backend, "/a"), /does not keep the conditions/);
    }
    expect(await keys()).toEqual(before);
    await broken.stop();
  });

  it("is put up with on request: whatever can be seen before a write is looked at", async () => {
    const broken = await S3Proxy.start(bucket.connection.endpointUrl);
    broken.intercept = ignoring("if-none-match", "if-match");
    const options = { endpointUrl: broken.endpointUrl, unsafeAllowRaces: true };
    const backend = bucket.backend(options);
    expect(backend.capabilities.atomic).toBe(true);
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

  it("is not tried where that is asked for, nor by a backend that only reads", async () => {
    const fresh = await S3Proxy.start(bucket.connection.endpointUrl);
    for (const options of [{ conditionalWrites: "assume" }, { readOnly: true }] as const) {
      fresh.asked = [];
      await bucket.backend({ endpointUrl: fresh.endpointUrl, ...options }).initialize();
      expect(fresh.asked.map(({ method }) => method)).toEqual(["GET"]);
    }
    await fresh.stop();
  });

  it("is no more than that of a general purpose bucket", () => {
    expect(() => bucket.backend({ bucket: "files--usw2-az1--x-s3" })).toThrow("names a directory bucket");
  });
});
