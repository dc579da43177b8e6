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

/** What was found of a bucket. */
export interface BucketCapabilities extends Abilities {
  /** Whether the credentials may write. */
  readonly writable: boolean;
}

const AWS: Abilities = { conditions: true, fileAndDirectory: true };

/** Where nothing was tried. */
const TRUSTED: Abilities = { conditions: true, fileAndDirectory: false };

/** Capabilities of buckets as probed by this process. A store that was found unfit is tried again. */
const probed = new Map<string, Abilities>();

/**
 * Checks that the bucket can be used, and tries once what a store other than AWS does.
 * @throws RemoteBackendError that says what is wrong with the address, the credentials, the bucket or the store.
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
  // Credentials that may not write cannot try; they need not know either.
  if (abilities === "permission-denied") return { ...TRUSTED, writable: false };
  if (abilities.conditions) probed.set(name, abilities);
  if (!abilities.conditions && !settings.unsafeAllowRaces) {
    throw new RemoteBackendError(
      "misconfigured",
      "The store does not keep the conditions of writes (If-None-Match, If-Match).",
      {
        hint:
          "Concurrent writers would overwrite each other's files. Use a store that keeps conditions; or, with a " +
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

/** Sends the first request, a LIST: its answer has a body that says what is wrong. Gives the host that answered. */
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
      // The SDK has learned the store's time from the answer.
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
    // The oldest region is the one without a name.
    ...(region !== "us-east-1" && {
      CreateBucketConfiguration: { LocationConstraint: region as "eu-west-1" },
    }),
  });
  // By somebody else at the same time.
  const made = (error: unknown) =>
    ["BucketAlreadyOwnedByYou", "OperationAborted"].includes(failureOf(error).code) ? true : undefined;
  await bucket.write("s3:CreateBucket", (client) => client.send(command, { abortSignal: signal }), made);
}
