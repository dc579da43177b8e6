import {
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
} from "@aws-sdk/client-s3";
import type { CallOptions } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { failureOf } from "../connection/translate-error.js";

/** Reads the bucket's lifecycle rules. */
export async function readLifecycleRules(
  bucket: Bucket,
  { signal }: Pick<CallOptions, "signal">,
): Promise<readonly LifecycleRule[]> {
  const command = new GetBucketLifecycleConfigurationCommand(bucket.common);
  const { Rules = [] } = await bucket.read(
    "s3:GetLifecycleConfiguration",
    (client) => client.send(command, { abortSignal: signal }),
    (error) => (failureOf(error).code === "NoSuchLifecycleConfiguration" ? { Rules: [] } : undefined),
  );
  return Rules;
}

/** Replaces all lifecycle rules of the bucket. */
export async function putLifecycleRules(
  bucket: Bucket,
  rules: readonly LifecycleRule[],
  { signal }: Pick<CallOptions, "signal">,
): Promise<void> {
  const command = new PutBucketLifecycleConfigurationCommand({
    ...bucket.common,
    LifecycleConfiguration: { Rules: [...rules] },
  });
  await bucket.write("s3:PutLifecycleConfiguration", (client) =>
    client.send(command, { abortSignal: signal }),
  );
}
