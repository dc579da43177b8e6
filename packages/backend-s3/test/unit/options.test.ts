import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { makeClient } from "../../src/connection/client.js";
import { S3Backend, type S3BackendOptions, S3FileStore, type S3FileStoreOptions } from "../../src/index.js";

const SECRET = "hunter2";
// Tests are named after their options as JSON.
const client = Object.assign(new S3Client({ region: "us-east-1" }), { toJSON: () => "an S3Client" });

const construct = (options: object) => new S3Backend({ bucket: "bucket", ...options } as S3BackendOptions);

describe("refused options", () => {
  it.each<[object, string]>([
    [{ bukcet: "x" }, "there is no option 'bukcet': did you mean 'bucket'?"],
    [{ endpoint: "x" }, "there is no option 'endpoint': did you mean 'endpointUrl'?"],
    [{ endpoint_url: "x" }, "there is no option 'endpoint_url': did you mean 'endpointUrl'?"],
    [{ credentials: {} }, "there is no option 'credentials': give 'accessKeyId' and 'secretAccessKey'"],
    [{ client: undefined }, "option 'client' is undefined: set the environment variable"],
    [{ endpointUrl: undefined }, "option 'endpointUrl' is undefined"],
    [{ prefix: undefined }, "option 'prefix' is undefined"],
    [
      { endpointUrl: "localhost:9000" },
      "option 'endpointUrl' has no scheme: put http:// or https:// in front of it",
    ],
    [{ region: "" }, "option 'region' must be a non-empty string, not an empty string."],
    [{ client: "x" }, "option 'client' must be an S3Client"],
    [{ bucket: undefined }, "option 'bucket' is required: the name of a bucket"],
    [{ bucket: 1 }, "option 'bucket' must be the name of a bucket: 3 to 255 letters"],
    [{ bucket: "" }, "option 'bucket' must be the name of a bucket"],
    [{ bucket: "ab" }, "option 'bucket' must be the name of a bucket"],
    [{ bucket: "-abc" }, "option 'bucket' must be the name of a bucket"],
    [{ bucket: "a/b/c" }, "option 'bucket' must be the name of a bucket"],
    [{ bucket: "arn:aws:s3:::bucket" }, "option 'bucket' must be the name of a bucket"],
    [{ bucket: "express--use1-az4--x-s3" }, "option 'bucket' names a directory bucket"],
    [{ prefix: 1 }, "option 'prefix' must be a string of up to 512 bytes"],
    [{ prefix: "a//b" }, "option 'prefix' must be a string of up to 512 bytes"],
    [{ prefix: "a/../b" }, "without empty, '.' or '..' segments"],
    [{ prefix: "./a" }, "option 'prefix' must be"],
    [{ prefix: "a\nb" }, "without control characters"],
    [{ prefix: "\ud800" }, "option 'prefix' must be"],
    [{ prefix: "é".repeat(257) }, "option 'prefix' must be a string of up to 512 bytes"],
    [{ region: "" }, "option 'region' must be a non-empty string"],
    [{ accessKeyId: "a" }, "options 'accessKeyId' and 'secretAccessKey' belong together"],
    [{ secretAccessKey: "a" }, "options 'accessKeyId' and 'secretAccessKey' belong together"],
    [{ sessionToken: "a" }, "option 'sessionToken' needs 'accessKeyId' and 'secretAccessKey'"],
    [{ accessKeyId: "", secretAccessKey: "a" }, "option 'accessKeyId' must be a non-empty string"],
    [{ endpointUrl: "" }, "option 'endpointUrl' must be a non-empty string"],
    [{ endpointUrl: "http://a b" }, "option 'endpointUrl' must be a URL such as https://s3.example.org"],
    [{ endpointUrl: "ftp://a" }, "option 'endpointUrl' must start with http:// or https://"],
    [{ endpointUrl: "s3://bucket" }, "option 'endpointUrl' must start with http:// or https://"],
    [{ endpointUrl: "http://u:p@a" }, "option 'endpointUrl' must not hold credentials"],
    [{ endpointUrl: "http://a", useSsl: true }, "options 'endpointUrl' and 'useSsl' contradict each other"],
    [{ endpointUrl: "https://a", useSsl: false }, "options 'endpointUrl' and 'useSsl' contradict each other"],
    [{ useSsl: "yes" }, "option 'useSsl' must be true or false"],
    [{ maxPoolConnections: 0 }, "option 'maxPoolConnections' must be a whole number from 1 to 10000"],
    [{ connectTimeoutMs: 1.5 }, "option 'connectTimeoutMs' must be a whole number from 1 to 2147483647"],
    [{ readTimeoutMs: 3e9 }, "option 'readTimeoutMs' must be a whole number from 1 to 2147483647"],
    [{ operationTimeoutMs: 0 }, "option 'operationTimeoutMs' must be a whole number from 1 to 2147483647"],
    [{ maxAttempts: 0 }, "option 'maxAttempts' must be a whole number from 1 to 100"],
    [{ maxRetries: -1 }, "option 'maxRetries' must be a whole number from 0 to 99"],
    [{ maxAttempts: 3, maxRetries: 2 }, "options 'maxAttempts' and 'maxRetries' contradict each other"],
    [{ forcePathStyle: 1 }, "option 'forcePathStyle' must be true or false"],
    [{ clientConfig: [] }, "option 'clientConfig' must be an object"],
    [{ client: {} }, "option 'client' must be an S3Client"],
    [{ client: null }, "option 'client' must be an S3Client, not null"],
    [{ client, region: "x" }, "option 'region' cannot be combined with 'client', which is already set up"],
    [{ client, endpointUrl: "http://a" }, "option 'endpointUrl' cannot be combined with 'client'"],
    [{ client, accessKeyId: "a", secretAccessKey: "b" }, "option 'accessKeyId' cannot be combined"],
    [{ client, maxAttempts: 1 }, "option 'maxAttempts' cannot be combined with 'client'"],
    [{ client, clientConfig: {} }, "option 'clientConfig' cannot be combined with 'client'"],
    [{ pathConflicts: true }, `option 'pathConflicts' must be one of "auto", "refuse", "allow"`],
    [{ format: "text" }, `option 'format' must be one of "json", "raw"`],
    [{ readOnly: 0 }, "option 'readOnly' must be true or false"],
    [{ maxFileBytes: 0 }, "option 'maxFileBytes' must be a whole number of at least 1"],
    [{ cacheBytes: -1 }, "option 'cacheBytes' must be a whole number of at least 0"],
    [{ concurrency: 0 }, "option 'concurrency' must be a whole number from 1 to 1000"],
    [{ createBucket: 1 }, "option 'createBucket' must be true or false"],
    [{ serverSideEncryption: "aes" }, `option 'serverSideEncryption' must be one of "AES256", "aws:kms"`],
    [{ kmsKeyId: "k" }, `option 'kmsKeyId' needs 'serverSideEncryption' to be "aws:kms" or "aws:kms:dsse"`],
    [{ kmsKeyId: "k", serverSideEncryption: "AES256" }, "option 'kmsKeyId' needs 'serverSideEncryption'"],
    [{ storageClass: "" }, "option 'storageClass' must be a non-empty string"],
    [{ expectedBucketOwner: 1 }, "option 'expectedBucketOwner' must be a non-empty string"],
    [{ requesterPays: "requester" }, "option 'requesterPays' must be true or false"],
    [{ acl: "" }, "option 'acl' must be a non-empty string"],
    [{ tags: ["a"] }, "option 'tags' must be an object of at most 10 strings"],
    [{ tags: { a: 1 } }, "option 'tags' must be an object of at most 10 strings"],
    [{ tags: { "": "x" } }, "under keys of 1 to 128"],
    [{ tags: { a: "b&c" } }, "letters, digits, spaces and + - = . _ : / @"],
    [{ tags: { a: "x".repeat(257) } }, "option 'tags' must be"],
    [{ tags: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`k${i}`, "v"])) }, "at most 10"],
    [{ conditionalWrites: "off" }, `option 'conditionalWrites' must be one of "probe", "assume"`],
    [{ unsafeAllowRaces: 1 }, "option 'unsafeAllowRaces' must be true or false"],
    [{ namespace: "acme" }, "option 'namespace' must be an array of strings"],
    [{ writeMode: "replace" }, "option 'writeMode' must be"],
  ])("%j", (options, message) => {
    expect(() => construct(options)).toThrow("S3: ");
    expect(() => construct(options)).toThrow(message);
    expect(() => construct(options)).toThrow(expect.objectContaining({ code: "invalid-options" }));
  });

  it.each([undefined, null, 1, "bucket"])("values that are no options: %j", (options) => {
    expect(() => new S3Backend(options as never)).toThrow("S3: options must be an object");
    expect(() => new S3FileStore(options as never)).toThrow("S3: options must be an object");
  });

  it("options of a backend, by a store", () => {
    const options = { bucket: "bucket", namespace: ["acme"] };
    expect(() => new S3FileStore(options as S3FileStoreOptions)).toThrow("there is no option 'namespace'");
  });

  it.each<object>([
    { secretAccessKey: 1, accessKeyId: SECRET },
    { secretAccessKey: SECRET },
    { sessionToken: SECRET },
    { endpointUrl: `http://u:${SECRET}@a b` },
    { endpointUrl: `http://u:${SECRET}@a` },
    { endpointUrl: `${SECRET}://a` },
    { endpointUrl: `http://u:${SECRET}@a`, useSsl: true },
    { client, secretAccessKey: SECRET, accessKeyId: SECRET },
    { bucket: `${SECRET}!` },
    { region: [SECRET] },
  ])("never quote a value (%#)", (options) => {
    let error: unknown;
    try {
      construct(options);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: "invalid-options" });
    expect(inspect(error)).not.toContain(SECRET);
  });
});

describe("accepted options", () => {
  it.each<object>([
    {},
    { prefix: "" },
    { prefix: "/" },
    { prefix: "/a b/é%/" },
    { bucket: "under_score.UPPER" },
    { region: undefined },
    { client },
    { endpointUrl: "localhost:9000", useSsl: false },
    { endpointUrl: "s3.example.org", useSsl: true },
    { cacheBytes: 0 },
    { serverSideEncryption: "aws:kms:dsse", kmsKeyId: "k" },
    { bucket: "arn:aws-cn:s3:cn-north-1:123456789012:accesspoint:my-point" },
    { requesterPays: true, acl: "private", tags: { team: "" } },
  ])("%j", (options) => {
    expect(() => construct(options)).not.toThrow();
  });

  it("leave a path the bytes that prefix and namespace do not use", () => {
    const room = (prefix: string) => new S3FileStore({ bucket: "bucket", prefix }).capabilities.maxKeyBytes;
    expect([room(""), room("/"), room("/é/")]).toEqual([1_024, 1_024, 1_021]);
  });
});

describe("the client", () => {
  const settings = async (options: Partial<S3FileStoreOptions>) => {
    const { config } = makeClient({ bucket: "bucket", ...options });
    const endpoint = await config.endpoint?.();
    return {
      region: await config.region(),
      maxAttempts: await config.maxAttempts(),
      forcePathStyle: config.forcePathStyle,
      tls: config.tls,
      endpoint:
        endpoint && `${endpoint.protocol}//${endpoint.hostname}${endpoint.port ? `:${endpoint.port}` : ""}`,
    };
  };
  const defaults = {
    region: "us-east-1",
    maxAttempts: 1,
    forcePathStyle: false,
    tls: true,
    endpoint: undefined,
  };

  it("defaults to AWS, as in the Python package", async () => {
    expect(await settings({})).toEqual(defaults);
  });

  it.each<[Partial<S3FileStoreOptions>, object]>([
    [{ region: "eu-west-1" }, { region: "eu-west-1" }],
    [{ endpointUrl: "http://localhost:9000" }, { endpoint: "http://localhost:9000", forcePathStyle: true }],
    [
      { endpointUrl: "localhost:9000", useSsl: false },
      { endpoint: "http://localhost:9000", forcePathStyle: true, tls: false },
    ],
    [
      { endpointUrl: "s3.example.org", useSsl: true },
      { endpoint: "https://s3.example.org", forcePathStyle: true },
    ],
    [
      { endpointUrl: "https://s3.example.org", forcePathStyle: false },
      { endpoint: "https://s3.example.org" },
    ],
    [{ forcePathStyle: true }, { forcePathStyle: true }],
    [{ clientConfig: { region: "eu-west-1" } }, { region: "eu-west-1" }],
    // Repetition is decided above the client.
    [{ clientConfig: { maxAttempts: 5 } }, {}],
    [{ maxAttempts: 5 }, {}],
  ])("with %j", async (options, expected) => {
    expect(await settings(options)).toEqual({ ...defaults, ...expected });
  });

  describe("without the option region", () => {
    const CONFIG = "[default]\nregion = eu-north-1\n[profile other]\nregion = eu-south-1\n";
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "s3-options-"));
      writeFileSync(join(folder, "config"), CONFIG);
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    it.each<[string, string, NodeJS.ProcessEnv, object?]>([
      ["is that of AWS_REGION", "ap-south-1", { AWS_REGION: "ap-south-1", AWS_CONFIG_FILE: "config" }],
      ["is the profile's", "eu-north-1", { AWS_CONFIG_FILE: "config" }],
      [
        "is that of the profile that is named",
        "eu-south-1",
        { AWS_CONFIG_FILE: "config" },
        { profile: "other" },
      ],
      ["is us-east-1 where nothing says one", "us-east-1", {}],
    ])("%s", async (_, region, env, ...[clientConfig]) => {
      const { AWS_REGION: _region, AWS_PROFILE: _profile, ...rest } = process.env;
      const file = join(folder, env.AWS_CONFIG_FILE ?? "none");
      jest.replaceProperty(process, "env", {
        ...rest,
        ...env,
        AWS_CONFIG_FILE: file,
        AWS_SHARED_CREDENTIALS_FILE: join(folder, "none"),
      });
      const { config } = makeClient({ bucket: "bucket", ...(clientConfig && { clientConfig }) });
      expect([await config.region(), await config.region()]).toEqual([region, region]);
    });
  });

  it("uses the given credentials, or else the SDK's own chain", async () => {
    const given = { accessKeyId: "id", secretAccessKey: SECRET, sessionToken: "token" };
    expect(await makeClient({ bucket: "bucket", ...given }).config.credentials()).toMatchObject(given);
    const environment = { AWS_ACCESS_KEY_ID: "from", AWS_SECRET_ACCESS_KEY: "environment" };
    jest.replaceProperty(process, "env", { ...process.env, ...environment });
    expect(await makeClient({ bucket: "bucket" }).config.credentials()).toMatchObject({
      accessKeyId: "from",
      secretAccessKey: "environment",
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
});

describe("a backend", () => {
  const backend = construct({
    endpointUrl: "http://127.0.0.1:9",
    accessKeyId: "someone",
    secretAccessKey: SECRET,
    sessionToken: SECRET,
  });
  const store = new S3FileStore({ bucket: "bucket", accessKeyId: "someone", secretAccessKey: SECRET });

  it("sends nothing when it is constructed, and shows no secret", () => {
    for (const shown of [backend, store]) {
      expect(inspect(shown, { depth: 10, showHidden: true })).not.toContain(SECRET);
      expect(JSON.stringify(shown)).not.toContain(SECRET);
      expect(String(shown)).not.toContain(SECRET);
    }
  });

  it("promises the minimum before it is initialized", () => {
    expect(backend.capabilities).toEqual({
      createOnly: true,
      guarded: false,
      atomic: true,
      atomicDelete: false,
      fileAndDirectory: false,
      exactSizes: false,
      history: false,
      // Promises of core, over any store.
      exactText: true,
      byteFidelity: true,
      detectsBinary: true,
      detectsTypes: true,
      anyName: true,
      spelling: true,
      lookAlikes: true,
      errorWords: true,
      times: true,
      positions: true,
      grepGlobs: true,
      globSyntax: true,
      ordered: true,
      idempotentWrites: true,
      keepsConversationHistory: true,
      strictInput: true,
      strictPaths: true,
      failsFast: true,
    });
    // The store may hide one of the two.
    expect(construct({ pathConflicts: "allow" }).capabilities.fileAndDirectory).toBe(false);
    expect(construct({ unsafeAllowRaces: true }).capabilities.atomic).toBe(false);
    expect(construct({ writeMode: "overwrite" }).capabilities.createOnly).toBe(false);
    expect(construct({ writeMode: "guarded" }).capabilities).toMatchObject({
      createOnly: false,
      guarded: true,
    });
  });

  it("is not mistaken for another kind of backend by deepagents", () => {
    for (const name of ["execute", "id", "routePrefixes"]) expect(name in backend).toBe(false);
    expect(typeof backend).toBe("object");
  });
});
