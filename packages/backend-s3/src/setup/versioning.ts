import { RemoteBackendError } from "@deepagents-remote/core";
import type { CallOptions } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { enableVersioning, readVersioning, type VersioningState } from "../requests/versioning.js";

/** Times since which versioning is known to be on, by host and bucket: the earliest check of this process. */
const enabledSince = new Map<string, Date>();

/**
 * Checks that the bucket keeps versions.
 * @returns Time since which it is known to; invalid if the store reports no time.
 * @throws RemoteBackendError `misconfigured` if versioning is off or suspended.
 */
export async function requireVersioning(bucket: Bucket, options: Pick<CallOptions, "signal">): Promise<Date> {
  const { state, now } = await readVersioning(bucket, options).catch(explain);
  const name = `${bucket.host}/${bucket.name}`;
  if (state !== "Enabled") {
    enabledSince.delete(name);
    throw new RemoteBackendError("misconfigured", MESSAGES[state], { hint: hintOf(bucket) });
  }
  const since = enabledSince.get(name) ?? now;
  enabledSince.set(name, since);
  return since;
}

/** Messages for a bucket that does not keep versions. */
export const MESSAGES: Readonly<Record<Exclude<VersioningState, "Enabled">, string>> = {
  Off: "The bucket's versioning is off, but the history needs it.",
  Suspended: "The bucket's versioning is suspended: changes would replace earlier versions.",
};

/** Command that turns versioning on. */
const hintOf = ({ name }: Bucket): string =>
  `Turn it on: aws s3api put-bucket-versioning --bucket ${name} --versioning-configuration Status=Enabled`;

/** Turns on versioning of a bucket that was just created. @throws RemoteBackendError */
export const turnOnVersioning = (bucket: Bucket, options: Pick<CallOptions, "signal">): Promise<void> =>
  enableVersioning(bucket, options).catch(explain);

/** Explains the error of a store that refuses requests about versioning. */
function explain(error: unknown): never {
  if (!RemoteBackendError.is(error) || error.code !== "misconfigured") throw error;
  throw new RemoteBackendError(
    "misconfigured",
    "The store does not support versioning, but the history needs it.",
    { hint: "Use a store that does, or leave out 'history'.", cause: error },
  );
}
