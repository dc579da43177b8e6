import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  PutBucketLifecycleConfigurationCommand,
} from "@aws-sdk/client-s3";
import { deleteBucket, listVersions } from "@deepagents-internal/testing/s3-bucket";
import { failure } from "@deepagents-internal/testing/s3-proxy";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { useBucket } from "../helpers/bucket.js";
import { credentialsFor } from "../helpers/credentials.js";
import { call, historyStore, setVersioning } from "../helpers/history.js";
import { describeOnMinio } from "../helpers/on-minio.js";
import { refusal } from "../helpers/refusal.js";
import { useProxy } from "../helpers/use-proxy.js";

const bucket = useBucket();
const proxy = useProxy(bucket);
const { client, name: Bucket } = bucket;

const retention = { retention: { days: 7 } };
const rule = (days: number, Prefix = "") => ({
  ID: `keeps-${days}`,
  Status: "Enabled" as const,
  Filter: { Prefix },
  NoncurrentVersionExpiration: { NoncurrentDays: days },
});
const setRules = (...Rules: ReturnType<typeof rule>[]) =>
  client.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));

describe("initialize() with history", () => {
  it("refuses a bucket without versioning, and says how to turn it on", async () => {
    expect(await refusal(bucket.backend({ history: true }))).toMatchObject({
      code: "misconfigured",
      message: "The bucket's versioning is off, but the history needs it.",
      hint: `Turn it on: aws s3api put-bucket-versioning --bucket ${Bucket} --versioning-configuration Status=Enabled`,
    });
    expect((await bucket.backend({ history: true }).check()).warnings).toMatchObject([
      { code: "versioning-not-enabled" },
    ]);
    expect(await listVersions(client, Bucket)).toEqual([]);
    await setVersioning(bucket, "Enabled");
    const backend = bucket.backend({ history: true });
    await backend.initialize();
    expect(await backend.check()).toMatchObject({
      ok: true,
      warnings: [],
      details: { versioning: "Enabled" },
    });
    // The objects of the probe are gone with their versions.
    expect(await listVersions(client, Bucket)).toEqual([]);
  });

  it("refuses a bucket with suspended versioning, and a store that has none", async () => {
    await setVersioning(bucket, "Suspended");
    expect(await refusal(bucket.backend({ history: true }))).toMatchObject({
      code: "misconfigured",
      message: expect.stringContaining("versioning is suspended"),
    });
    await setVersioning(bucket, "Enabled");
    for (const answer of [failure(501, "NotImplemented"), failure(400, "InvalidRequest")]) {
      proxy.intercept = (asked, forward) => (asked.url.includes("versioning") ? answer : forward());
      expect(await refusal(bucket.backend({ history: true, endpointUrl: proxy.endpointUrl }))).toMatchObject({
        code: "misconfigured",
        message: expect.stringContaining("does not support versioning"),
      });
    }
  });

  it("requires the lifecycle rule of a retention, and prints it", async () => {
    const backend = () => bucket.backend({ history: retention, prefix: "agents" });
    const needed =
      '{"ID":"deepagents-history","Status":"Enabled","Filter":{"Prefix":"agents/"},' +
      '"NoncurrentVersionExpiration":{"NoncurrentDays":7},"Expiration":{"ExpiredObjectDeleteMarker":true}}';
    expect(await refusal(backend())).toMatchObject({
      code: "misconfigured",
      message: "Old versions are to be kept for 7 days. No lifecycle rule of the bucket does so.",
      hint: expect.stringContaining(needed),
    });
    await setRules(rule(7, "other/"));
    expect((await refusal(backend())).message).toContain("No lifecycle rule");
    await setRules(rule(7), rule(3, "agents/"));
    expect((await refusal(backend())).message).toContain("A rule keeps them for 3.");
    expect((await backend().check()).warnings).toMatchObject([
      { code: "missing-retention-rule", message: expect.stringContaining(needed) },
    ]);
    await setRules(rule(7), rule(30, "agents/"));
    await backend().initialize();
    expect((await backend().check()).warnings).toEqual([]);
  });
});

describe("createBucket with history", () => {
  const name = `${Bucket}-new`;
  afterAll(() => deleteBucket(client, name));

  it("turns on versioning and sets the lifecycle rule", async () => {
    await bucket.backend({ bucket: name, createBucket: true, history: retention, prefix: "p" }).initialize();
    expect(await client.send(new GetBucketVersioningCommand({ Bucket: name }))).toMatchObject({
      Status: "Enabled",
    });
    const { Rules } = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: name }));
    expect(Rules).toMatchObject([
      { Filter: { Prefix: "p/" }, NoncurrentVersionExpiration: { NoncurrentDays: 7 } },
    ]);
  });
});

describe("createBucket with history on a store without versioning", () => {
  const name = `${Bucket}-unversioned`;
  afterAll(() => deleteBucket(client, name));

  it("says what is missing", async () => {
    proxy.intercept = (asked, forward) =>
      asked.method === "PUT" && asked.url.includes("versioning") ? failure(501, "NotImplemented") : forward();
    const options = { bucket: name, createBucket: true, history: true, endpointUrl: proxy.endpointUrl };
    expect((await refusal(bucket.backend(options))).message).toContain("does not support versioning");
  });
});

describeOnMinio("credentials with few rights", () => {
  beforeAll(async () => {
    await setVersioning(bucket, "Enabled");
  });

  const FILES = [
    "s3:ListBucket",
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:GetBucketVersioning",
  ];
  /** As on AWS, where writing needs no listing of versions. */
  const storeWith = async (prefix: string, more: readonly string[], denied: readonly string[] = []) => {
    const credentials = await credentialsFor(bucket, [...FILES, ...more], denied);
    const { endpointUrl } = proxy;
    return historyStore(bucket, prefix, { ...credentials, endpointUrl, pathConflicts: "allow" });
  };

  it("write files, and are told which right the history needs", async () => {
    const { open, store, write, edit, delete: remove, get, history } = await storeWith("writer", []);
    // To MinIO, s3:ListBucket and s3:GetObject include the rights to versions.
    proxy.intercept = (asked, forward) =>
      /[?&]version(s|Id=)/.test(asked.url) ? failure(403, "AccessDenied") : forward();
    await open();
    await write("a.txt", "1");
    await edit("a.txt", "2");
    await write("b.txt", "1");
    await remove("b.txt", { user: "ann" });
    expect((await get("a.txt"))!.content).toBe("2");
    const denied = (action: string) => ({
      code: "permission-denied",
      message: expect.stringContaining(`(${action})`),
    });
    const all = historyStore(bucket, "writer");
    const [, first] = await all.versions("a.txt");
    expect(await all.versions("b.txt")).toMatchObject([{ kind: "delete", by: { user: "ann" } }, {}]);
    await expect(history.versions("a.txt", { ...call, limit: 1 })).rejects.toMatchObject(
      denied("s3:ListBucketVersions"),
    );
    await expect(history.changes("", { ...call, limit: 1 })).rejects.toMatchObject(
      denied("s3:ListBucketVersions"),
    );
    await expect(history.getVersion("a.txt", first!.id, call)).rejects.toMatchObject(
      denied("s3:GetObjectVersion"),
    );
    const report = {
      details: {},
      warnings: [] as { code: string }[],
      warn: (code: string) => report.warnings.push({ code }),
    };
    await store.check(report as never, call);
    expect(report.warnings).toEqual([{ code: "unreadable-history" }]);
    await expect(history.erase("a.txt", { ...call, scope: "file" })).rejects.toMatchObject(
      denied("s3:ListBucketVersions"),
    );
  });

  it("may not erase without s3:DeleteObjectVersion", async () => {
    const { write, edit, history } = await storeWith(
      "eraser",
      ["s3:ListBucketVersions", "s3:GetObjectVersion"],
      ["s3:DeleteObjectVersion"],
    );
    await write("a.txt", "1");
    await edit("a.txt", "2");
    await expect(history.erase("a.txt", { ...call, scope: "file" })).rejects.toMatchObject({
      code: "permission-denied",
      hint: expect.stringContaining("s3:DeleteObjectVersion"),
    });
    expect(await historyStore(bucket, "eraser").contents("a.txt")).toEqual([undefined, "2", "1"]);
  });

  it("are refused by initialize() if they may not see the versioning", async () => {
    const credentials = await credentialsFor(bucket, FILES.slice(0, -1));
    expect(await refusal(bucket.backend({ ...credentials, history: true }))).toMatchObject({
      code: "permission-denied",
      message: expect.stringContaining("(s3:GetBucketVersioning)"),
    });
  });
});
