import { CreateBucketCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { RemoteBackendError } from "@deepagents-remote/core";
import type { CallOptions } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { failureOf } from "../connection/translate-error.js";
import { checkPage } from "../requests/list.js";
import type { PutSettings } from "../requests/put.js";
import { type Abilities, probe } from "./probe.js";

export interface InitializeSettings {
  readonly createBucket: boolean;
  readonly readOnly: boolean;
  readonly conditionalWrites: "probe" | "assume";
  readonly unsafeAllowRaces: boolean;
  readonly put: PutSettings;
}

/** Capabilities of a bucket, and of the credentials for it. */
export interface BucketCapabilities extends Abilities {
  /** True if the credentials may write. */
  readonly writable: boolean;
}

const AWS: Abilities = { conditions: true, fileAndDirectory: true };

/** Capabilities of a store that was not probed. */
const TRUSTED: Abilities = { conditions: true, fileAndDirectory: false };

/** Capabilities of buckets as probed by this process. A store that failed the probe is probed again. */
const probed = new Map<string, Abilities>();

/**
 * Checks that the bucket can be used, and probes a store other than AWS once per process.
 * @throws RemoteBackendError for a wrong address, credentials, bucket or store.
 */
export async function initialize(
  bucket: Bucket,
  settings: InitializeSettings,
  call: Pick<CallOptions, "signal">,
): Promise<BucketCapabilities> {
  const host = await reach(bucket, settings.createBucket, call);
  if (/(^|\.)amazonaws\.com(\.cn)?$/.test(host.split(":")[0]!)) return { ...AWS, writable: true };
  if (settings.conditionalWrites === "assume" || settings.readOnly) return { ...TRUSTED, writable: true };
  const name = `${host}/${bucket.name}`;
  const abilities = probed.get(name) ?? (await probe(bucket, settings.put, call).catch(ifDenied));
  // Read-only credentials can neither run the probe nor need its result.
  if (abilities === "permission-denied") return { ...TRUSTED, writable: false };
  if (abilities.conditions) probed.set(name, abilities);
  if (!abilities.conditions && !settings.unsafeAllowRaces) {
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
  return { ...abilities, writable: true };
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
  createBucket: boolean,
  call: Pick<CallOptions, "signal">,
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await list(bucket, call);
    } catch (error) {
      const { code } = failureOf((error as Error).cause);
      if (attempt === 3) throw error;
      if (createBucket && code === "NoSuchBucket") await create(bucket, call);
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

async function create(bucket: Bucket, { signal }: Pick<CallOptions, "signal">): Promise<void> {
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
}
