import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { CallOptions, ServiceTime } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { notS3 } from "../connection/translate-error.js";
import { recordDate } from "./date-header.js";

/** S3 reports whole seconds, and the times of a response and of an object may come from different machines. */
const TOLERANCE_MS = 3_000;

/** Reads the store's clock from the `Date` header of a LIST of one key. */
export async function readClock(
  bucket: Bucket,
  { signal }: Pick<CallOptions, "signal">,
): Promise<ServiceTime> {
  const command = new ListObjectsV2Command({ ...bucket.common, Prefix: bucket.prefix, MaxKeys: 1 });
  const date = recordDate(command);
  return bucket.read("s3:ListBucket", async (client) => {
    await client.send(command, { abortSignal: signal });
    const now = date();
    if (Number.isNaN(now.getTime())) throw notS3({ isTransient: false });
    return { now, toleranceMs: TOLERANCE_MS };
  });
}
