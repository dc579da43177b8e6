import type { VersionId } from "@deepagents-remote/core/adapter";
import type { ObjectVersion } from "../requests/list-versions.js";

/** S3's id of versions from before versioning, or while it was suspended. The next such version replaces it. */
const NULL = "null";

/** Parts of a `VersionId`. */
export interface VersionName {
  /** Time at which the version was stored, in milliseconds. */
  readonly ms: number;
  /** S3's own id. */
  readonly versionId: string;
  /** ETag, for a null version: its id alone does not identify it. */
  readonly etag?: string | undefined;
}

/**
 * Returns the id of a version: its time, so that a version alone is a point in time, and S3's id. For a null version,
 * the ETag too.
 */
export function idOf({ at, versionId, etag = "" }: ObjectVersion): VersionId {
  const time = at.getTime().toString(36);
  return versionId === NULL ? `${time}.${NULL}.${etag.replaceAll('"', "")}` : `${time}.${versionId}`;
}

/** Parses an id. Returns `undefined` if it is not one of this store. */
export function parseId(id: VersionId): VersionName | undefined {
  const [, time, versionId] = /^([0-9a-z]{1,10})\.(\S+)$/.exec(id) ?? [];
  if (time === undefined || versionId === undefined) return undefined;
  const ms = Number.parseInt(time, 36);
  const [, etag] = /^null\.(.*)$/.exec(versionId) ?? [];
  return etag === undefined ? { ms, versionId } : { ms, versionId: NULL, etag: `"${etag}"` };
}
