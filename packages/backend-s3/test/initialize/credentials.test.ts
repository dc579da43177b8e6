import { expectOutage, prepareAll, runAll } from "@deepagents-internal/testing";
import { type Answer, failure, S3Proxy } from "@deepagents-internal/testing/s3-proxy";
import { beforeAll, describe, expect, it } from "@jest/globals";
import type { S3BackendOptions } from "../../src/index.js";
import { useBucket } from "../helpers/bucket.js";
import { credentialsFor } from "../helpers/credentials.js";
import { objectsOf } from "../helpers/objects.js";
import { describeOnMinio, isMinio } from "../helpers/on-minio.js";
import { refusal } from "../helpers/refusal.js";
import { useProxy } from "../helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);
const objects = objectsOf(bucket);

const through = (options: Partial<S3BackendOptions> = {}) =>
  bucket.backend({ endpointUrl: proxy.endpointUrl, ...options });

describe("refused credentials are reported", () => {
  const secret = "wrong+SECRET/key";

  const UNKNOWN_KEY: [string, Partial<S3BackendOptions>, string] = [
    "an unknown access key",
    { accessKeyId: "AKIAUNKNOWN", secretAccessKey: secret },
    "does not recognize the access key ID",
  ];

  it.each<[string, Partial<S3BackendOptions>, string]>([
    ["a wrong secret", { secretAccessKey: secret }, "the secret access key is wrong"],
    // Other stores may not tell it from a wrong secret.
    ...(isMinio ? [UNKNOWN_KEY] : []),
    ["a token that is none", { sessionToken: secret }, "refused the session token"],
  ])("%s", async (_, options, words) => {
    const backend = bucket.backend(options);
    const error = await refusal(backend, secret);
    expect(error).toMatchObject({ code: "misconfigured", message: expect.stringContaining(words) });
    expectOutage(await runAll(backend, "/a"), new RegExp(words));
  });

  it.each<[string, Answer, string]>([
    ["an expired token", failure(400, "ExpiredToken"), "The session token has expired"],
    ["another region", failure(301, "PermanentRedirect"), "The bucket is in another region"],
    ["another region in the signature", failure(400, "AuthorizationHeaderMalformed"), "in another region"],
    ["a clock that is wrong", failure(403, "RequestTimeTooSkewed"), "This machine's clock differs too much"],
    [
      "an account without rights",
      failure(403, "AccessDenied"),
      "lack permission for this operation (s3:ListBucket)",
    ],
    ["an account that is switched off", failure(403, "AccountProblem"), "lack permission"],
  ])("%s", async (_, answer, words) => {
    proxy.intercept = () => answer;
    expect((await refusal(through())).message).toContain(words);
  });
});

describeOnMinio("credentials without the permission to", () => {
  const ALL = ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"];
  const without = async (...denied: string[]) => {
    const allowed = ALL.filter((action) => !denied.includes(action));
    return bucket.backend(await credentialsFor(bucket, allowed));
  };
  beforeAll(() => prepareAll(bucket.backend(), "/d"));

  /** Expects each method to name the permission that it lacks; methods that are not listed succeed. */
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
    ["is known", false, "The credentials lack permission for this operation (s3:PutObject)."],
  ])("write can read, and report each refused change, if the store %s", async (_, isNew, cannot) => {
    const readOnly = await credentialsFor(bucket, ["s3:ListBucket", "s3:GetObject"]);
    const fresh = await S3Proxy.start(bucket.connection.endpointUrl);
    const backend = bucket.backend({ ...readOnly, ...(isNew && { endpointUrl: fresh.endpointUrl }) });
    await backend.initialize();
    const before = await objects.keys("");
    expectLacking(await runAll(backend, "/d"), {
      write: cannot,
      edit: cannot,
      upload: cannot,
      delete: "The credentials lack permission for this operation (s3:DeleteObject).",
    });
    expect(await objects.keys("")).toEqual(before);
    await fresh.stop();
  });

  it("list are reported by every method", async () => {
    const backend = await without("s3:ListBucket");
    const answers = await runAll(backend, "/d");
    expectOutage(answers, /The credentials lack permission for this operation \(s3:ListBucket\)/);
  });

  it("read can list and create, and report all other operations", async () => {
    const backend = await without("s3:GetObject");
    await backend.initialize();
    const cannot = "The credentials lack permission for this operation (s3:GetObject).";
    const methods = ["read", "readRaw", "write", "edit", "delete", "upload", "download"];
    expectLacking(await runAll(backend, "/d"), Object.fromEntries(methods.map((method) => [method, cannot])));
    expect(await backend.write("/blind.txt", "x")).toEqual({ path: "/blind.txt", filesUpdate: null });
  });

  it("delete can write, and report the remaining files", async () => {
    const backend = await without("s3:DeleteObject");
    await backend.initialize();
    expect((await backend.delete("/d/kept.txt")).error).toContain(
      "lack permission for this operation (s3:DeleteObject)",
    );
    expect(await backend.delete("/d")).toEqual({
      error: expect.stringMatching(/^Error: \d+ files could not be deleted and are still there$/),
    });
    expect((await backend.read("/d/kept.txt")).content).toBe("needle");
    expect(await backend.write("/d/more.txt", "x")).not.toHaveProperty("error");
  });
});
