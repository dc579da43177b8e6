import type { CallOptions, HealthReport } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { type BucketCapabilities, list } from "./initialize.js";

/** Details of `check()`. Unknown ones are omitted. */
export interface S3HealthDetails {
  /** Host that responded, with its port unless it is the default. */
  readonly host: string;
  readonly bucket: string;
  /** Prefix of all keys: empty, or ends in `/`. */
  readonly prefix: string;
  /** True if the store supports conditional writes; known after `initialize()`. */
  readonly conditionalWrites: boolean;
  /** True if the credentials may write; known after `initialize()`. */
  readonly writable: boolean;
}

/**
 * Checks that objects can be listed, as `initialize()` does first.
 * @param found Result of `initialize()`, if it has run.
 * @throws RemoteBackendError if files cannot be listed.
 */
export async function checkHealth(
  bucket: Bucket,
  found: BucketCapabilities | undefined,
  report: HealthReport,
  call: Pick<CallOptions, "signal">,
): Promise<void> {
  Object.assign(report.details, { bucket: bucket.name, prefix: bucket.prefix });
  report.details.host = await list(bucket, call);
  if (!found) return;
  Object.assign(report.details, { conditionalWrites: found.conditions, writable: found.writable });
  if (!found.conditions) report.warn("unconditional-writes", RACES);
}

const RACES =
  "The store ignores write conditions: concurrent writers overwrite each other's files. Use one that supports them.";
