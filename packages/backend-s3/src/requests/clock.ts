import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { type Call, RemoteBackendError, type ServiceTime } from "@deepagents-remote/core";
import type { Bucket } from "../connection/bucket.js";
import { NOT_S3 } from "../connection/translate-error.js";

/** Times of S3 are whole seconds, and those of an answer and of an object may come from different machines. */
const TOLERANCE_MS = 3_000;

/** Reads the store's clock, by the `Date` of an answer to a LIST of one key. */
export async function readClock(bucket: Bucket, { signal }: Pick<Call, "signal">): Promise<ServiceTime> {
  let date = "";
  const command = new ListObjectsV2Command({ ...bucket.common, Prefix: bucket.prefix, MaxKeys: 1 });
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      date = (result.response as { headers: Record<string, string> }).headers.date ?? "";
      return result;
    },
    { step: "deserialize", priority: "low", name: "date" },
  );
  await bucket.read("s3:ListBucket", (client) => client.send(command, { abortSignal: signal }));
  const now = new Date(date);
  if (Number.isNaN(now.getTime()))
    throw new RemoteBackendError("unavailable", NOT_S3, { isTransient: false });
  return { now, toleranceMs: TOLERANCE_MS };
}
