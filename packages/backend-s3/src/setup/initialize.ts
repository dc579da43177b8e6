import { CreateBucketCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { RemoteBackendError } from "@deepagents-remote/core";
import type { CallOptions } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { failureOf } from "../connection/translate-error.js";
import { checkPage } from "../requests/list.js";
import type { PutSettings } from "../requests/put.js";
import { type ProbedCapabilities, probe } from "./probe.js";
import { requireRetention, setRetention } from "./retention.js";
import { requireVersioning, turnOnVersioning } from "./versioning.js";

export interface InitializeSettings {
  readonly createBucket: boolean;
  readonly readOnly: boolean;
  readonly conditionalWrites: "probe" | "assume";
  readonly unsafeAllowRaces: boolean;
  readonly put: PutSettings;
  /** Given if the store keeps a history. */
  readonly history: HistorySetup | undefined;
}

/** Set-up of the history. */
export interface HistorySetup {
  /** Days for which old versions are kept, if limited. */
  readonly retentionDays: number | undefined;
}

/** Capabilities of a bucket, and of the credentials for it. */
export interface BucketCapabilities extends ProbedCapabilities {
  /** True if the credentials may write. */
  readonly writable: boolean;
  /** Time since which versions are known to be kept; only with history. */
  readonly versionsSince?: Date;
}

const AWS: ProbedCapabilities = { conditions: true, fileAndDirectory: true };

/** Capabilities of a store that was not probed. */
const TRUSTED: ProbedCapabilities = { conditions: true, fileAndDirectory: false };

/** Capabilities of buckets as probed by this process. A store that failed the probe is probed again. */
const probed = new Map<string, ProbedCapabilities>();

/**
 * Checks that the bucket can be used, and probes a store other than AWS once per process.
 * @throws RemoteBackendError for a wrong address, credentials, bucket or store.
 */
export async function initialize(
  bucket: Bucket,
  settings: InitializeSettings,
  options: Pick<CallOptions, "signal">,
): Promise<BucketCapabilities> {
  const host = await reach(bucket, settings, options);
  const { history } = settings;
  if (!history) return probeOnce(bucket, host, settings, options);
  const versionsSince = await requireVersioning(bucket, options);
  if (history.retentionDays !== undefined) await requireRetention(bucket, history.retentionDays, options);
  return { ...(await probeOnce(bucket, host, settings, options)), versionsSince };
}

async function probeOnce(
  bucket: Bucket,
  host: string,
  settings: InitializeSettings,
  options: Pick<CallOptions, "signal">,
): Promise<BucketCapabilities> {
  if (/(^|\.)amazonaws\.com(\.cn)?$/.test(host.split(":")[0]!)) return { ...AWS, writable: true };
  if (settings.conditionalWrites === "assume" || settings.readOnly) return { ...TRUSTED, writable: true };
  const name = `${host}/${bucket.name}`;
  const capabilities = probed.get(name) ?? (await probe(bucket, settings.put, options).catch(ifDenied));
  // Read-only credentials can neither run the probe nor need its result.
  if (capabilities === "permission-denied") return { ...TRUSTED, writable: false };
  if (capabilities.conditions) probed.set(name, capabilities);
  if (!capabilities.conditions && !settings.unsafeAllowRaces) {
    throw new RemoteBackendError(
      "misconfigured",
      "The store does not support conditional writes (If-None-Match, If-Match).",
      {
        hint:
          "Concurrent writers would overwrite each other's files. Use a store that supports them; or, with a " +
          "single writer, give unsafeAllowRaces: true.",
      },
    );
  }
  return { ...capabilities, writable: true };
}

function ifDenied(error: unknown): "permission-denied" {
  if (RemoteBackendError.is(error) && error.code === "permission-denied") return "permission-denied";
  throw error;
}

/**
 * Sends the first request and returns the host that responded. It is a LIST, because its error responses have a body
 * with a code.
 */
async function reach(
  bucket: Bucket,
  { createBucket, history }: InitializeSettings,
  options: Pick<CallOptions, "signal">,
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await list(bucket, options);
    } catch (error) {
      const { code } = failureOf((error as Error).cause);
      if (attempt === 3) throw error;
      if (createBucket && code === "NoSuchBucket") await create(bucket, history, options);
      // The SDK has corrected its clock from the response.
      else if (code !== "RequestTimeTooSkewed") throw error;
    }
  }
}

/** Lists one object, and returns the host that answered. */
export async function list(bucket: Bucket, { signal }: Pick<CallOptions, "signal">): Promise<string> {
  const command = new ListObjectsV2Command({ ...bucket.common, Prefix: bucket.prefix, MaxKeys: 1 });
  await bucket.read("s3:ListBucket", async (client) =>
    checkPage(await client.send(command, { abortSignal: signal })),
  );
  return bucket.host ?? "";
}

async function create(
  bucket: Bucket,
  history: HistorySetup | undefined,
  { signal }: Pick<CallOptions, "signal">,
): Promise<void> {
  const region = await bucket.client.config.region();
  const command = new CreateBucketCommand({
    Bucket: bucket.name,
    // S3 does not accept `us-east-1` as a location constraint.
    ...(region !== "us-east-1" && {
      CreateBucketConfiguration: { LocationConstraint: region as "eu-west-1" },
    }),
  });
  // The bucket was created concurrently.
  const made = (error: unknown) =>
    ["BucketAlreadyOwnedByYou", "OperationAborted"].includes(failureOf(error).code) ? true : undefined;
  await bucket.write("s3:CreateBucket", (client) => client.send(command, { abortSignal: signal }), made);
  if (!history) return;
  await turnOnVersioning(bucket, { signal });
  if (history.retentionDays !== undefined) await setRetention(bucket, history.retentionDays, { signal });
}
