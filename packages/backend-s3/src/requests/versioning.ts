import { GetBucketVersioningCommand, PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import type { CallOptions } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { recordDate } from "./date-header.js";

/** State of a bucket's versioning. */
export type VersioningState = "Enabled" | "Suspended" | "Off";

/** Reads the state of the bucket's versioning, and the store's time; invalid if the store gave none. */
export async function readVersioning(
  bucket: Bucket,
  { signal }: Pick<CallOptions, "signal">,
): Promise<{ readonly state: VersioningState; readonly now: Date }> {
  const command = new GetBucketVersioningCommand(bucket.common);
  const date = recordDate(command);
  return bucket.read("s3:GetBucketVersioning", async (client) => {
    const { Status = "Off" } = await client.send(command, { abortSignal: signal });
    return { state: Status, now: date() };
  });
}

/** Turns on versioning. */
export async function enableVersioning(
  bucket: Bucket,
  { signal }: Pick<CallOptions, "signal">,
): Promise<void> {
  const command = new PutBucketVersioningCommand({
    ...bucket.common,
    VersioningConfiguration: { Status: "Enabled" },
  });
  await bucket.write("s3:PutBucketVersioning", (client) => client.send(command, { abortSignal: signal }));
}
