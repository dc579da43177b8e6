import type { LifecycleRule } from "@aws-sdk/client-s3";
import { RemoteBackendError } from "@deepagents-remote/core";
import type { CallOptions } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { putLifecycleRules, readLifecycleRules } from "../requests/lifecycle.js";

/** Returns the lifecycle rule that keeps replaced and deleted versions for some days. */
const ruleOf = ({ prefix }: Bucket, days: number): LifecycleRule => ({
  ID: "deepagents-history",
  Status: "Enabled",
  Filter: { Prefix: prefix },
  NoncurrentVersionExpiration: { NoncurrentDays: days },
  Expiration: { ExpiredObjectDeleteMarker: true },
});

/**
 * Checks that the bucket's lifecycle rules keep old versions for as many days as the option `retention` says.
 * @returns What is wrong, in a sentence, and the rule that is needed; `undefined` if all is well.
 */
export async function findRetentionFault(
  bucket: Bucket,
  days: number,
  options: Pick<CallOptions, "signal">,
): Promise<{ readonly message: string; readonly hint: string } | undefined> {
  const kept = (await readLifecycleRules(bucket, options)).flatMap((rule) => daysOf(rule, bucket.prefix));
  const shortest = Math.min(...kept);
  if (shortest === days) return undefined;
  const found =
    kept.length === 0 ? "No lifecycle rule of the bucket does so" : `A rule keeps them for ${shortest}`;
  return {
    message: `Old versions are to be kept for ${days} days. ${found}.`,
    hint: `Add this to the rules of the bucket's lifecycle configuration: ${JSON.stringify(ruleOf(bucket, days))}`,
  };
}

/** Days for which a rule keeps every old version under a prefix, if it is about them. */
function daysOf(
  { Status, Filter = {}, NoncurrentVersionExpiration: expiration }: LifecycleRule,
  prefix: string,
) {
  const { Prefix = "", ...others } = { ...Filter, ...Filter.And };
  const hasOthers = Object.entries(others).some(([name, value]) => name !== "And" && value !== undefined);
  const keepsMore = (expiration?.NewerNoncurrentVersions ?? 0) > 0;
  const isMeant = Status === "Enabled" && prefix.startsWith(Prefix) && !hasOthers && !keepsMore;
  return isMeant && expiration?.NoncurrentDays !== undefined ? [expiration.NoncurrentDays] : [];
}

/**
 * Requires the lifecycle rule. Credentials that may not read the rules pass: `check()` warns of it.
 * @throws RemoteBackendError `misconfigured`
 */
export async function requireRetention(
  bucket: Bucket,
  days: number,
  options: Pick<CallOptions, "signal">,
): Promise<void> {
  const fault = await findRetentionFault(bucket, days, options).catch((error) => {
    if (RemoteBackendError.is(error) && error.code === "permission-denied") return undefined;
    throw error;
  });
  if (fault) throw new RemoteBackendError("misconfigured", fault.message, { hint: fault.hint });
}

/** Sets the rule in a bucket that was just created. */
export const setRetention = (
  bucket: Bucket,
  days: number,
  options: Pick<CallOptions, "signal">,
): Promise<void> => putLifecycleRules(bucket, [ruleOf(bucket, days)], options);
