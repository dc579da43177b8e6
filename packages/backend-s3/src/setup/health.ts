import { RemoteBackendError } from "@deepagents-remote/core";
import type { CallOptions, HealthReport } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { listVersions } from "../requests/list-versions.js";
import { readVersioning } from "../requests/versioning.js";
import { type BucketCapabilities, type HistorySetup, list } from "./initialize.js";
import { findRetentionFault } from "./retention.js";
import { MESSAGES } from "./versioning.js";

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
  /** State of the bucket's versioning; only with `history`. */
  readonly versioning: "Enabled" | "Suspended" | "Off";
}

/**
 * Checks that objects can be listed, as `initialize()` does first.
 * @param capabilities Result of `initialize()`, if it has run.
 * @throws RemoteBackendError if files cannot be listed.
 */
export async function checkHealth(
  bucket: Bucket,
  capabilities: BucketCapabilities | undefined,
  history: HistorySetup | undefined,
  report: HealthReport,
  options: Pick<CallOptions, "signal">,
): Promise<void> {
  Object.assign(report.details, { bucket: bucket.name, prefix: bucket.prefix });
  report.details.host = await list(bucket, options);
  if (history) await checkHistory(bucket, history, report, options);
  if (!capabilities) return;
  Object.assign(report.details, {
    conditionalWrites: capabilities.conditions,
    writable: capabilities.writable,
  });
  if (!capabilities.conditions) report.warn("unconditional-writes", RACES);
}

const RACES =
  "The store ignores write conditions: concurrent writers overwrite each other's files. Use one that supports them.";

/** Warns of everything that keeps the history from being kept, read, or limited as the options say. */
async function checkHistory(
  bucket: Bucket,
  { retentionDays }: HistorySetup,
  report: HealthReport,
  options: Pick<CallOptions, "signal">,
): Promise<void> {
  /** Runs one check; credentials that may not make it are a finding too. */
  const ifAllowed = async (code: string, action: string, check: () => Promise<void>) => {
    try {
      await check();
    } catch (error) {
      if (!RemoteBackendError.is(error) || error.isTransient) throw error;
      const reason = error.code === "permission-denied" ? `the credentials lack ${action}` : error.message;
      report.warn(code, `The bucket's history could not be checked: ${reason}`);
    }
  };
  await ifAllowed("unknown-versioning", "s3:GetBucketVersioning.", async () => {
    const { state } = await readVersioning(bucket, options);
    report.details.versioning = state;
    if (state !== "Enabled") report.warn("versioning-not-enabled", MESSAGES[state]);
  });
  await ifAllowed("unreadable-history", "s3:ListBucketVersions.", async () => {
    await listVersions(bucket, "", { ...options, firstPage: 1 }).next();
  });
  if (retentionDays === undefined) return;
  await ifAllowed("unknown-retention", "s3:GetLifecycleConfiguration.", async () => {
    const fault = await findRetentionFault(bucket, retentionDays, options);
    if (fault) report.warn("missing-retention-rule", `${fault.message} ${fault.hint}`);
  });
}
