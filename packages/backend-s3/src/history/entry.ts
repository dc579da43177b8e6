import type { CallOptions, VersionEntry } from "@deepagents-remote/core/adapter";
import type { ObjectVersion } from "../requests/list-versions.js";
import type { Provenances } from "./provenances.js";
import { idOf } from "./version-id.js";

/**
 * Returns the entry of a version: its change. A version with the content of the one before it has none.
 * @param versions Versions of one file, newest first, at least up to the one behind `index`.
 */
export const entryAt = (
  versions: readonly ObjectVersion[],
  index: number,
  provenances: Provenances,
  options: Pick<CallOptions, "signal">,
): Promise<VersionEntry | undefined> =>
  entryOf(versions[index]!, versions[index + 1], provenances, options, () =>
    currentEtag(versions, index, provenances, options),
  );

/**
 * Returns the entry of a version.
 * @param before The version before it, if there is one.
 * @param current Returns the ETag of the stored file, if it has the content of the version.
 * @see entryAt
 */
export async function entryOf(
  version: ObjectVersion,
  before: ObjectVersion | undefined,
  provenances: Provenances,
  options: Pick<CallOptions, "signal">,
  current: () => Promise<string | undefined>,
): Promise<VersionEntry | undefined> {
  if (before && (await isSame(version, before, provenances, options))) return undefined;
  const common = { key: version.key, id: idOf(version), at: version.at };
  if (version.isMarker) {
    const by = before && (await provenances.of(before, options)).deletedBy;
    return { ...common, kind: "delete", ...(by && { by }) };
  }
  const {
    kind = before && !before.isMarker ? "write" : "create",
    by,
    size,
  } = await provenances.of(version, options);
  const etag = await current();
  return {
    ...common,
    kind,
    ...(by && { by }),
    ...(size !== undefined && { size }),
    ...(etag !== undefined && { current: etag }),
  };
}

/** True if a version has the content of the one before it: the change between them makes no entry. */
export async function isSame(
  newer: ObjectVersion,
  older: ObjectVersion,
  provenances: Provenances,
  options: Pick<CallOptions, "signal">,
): Promise<boolean> {
  if (newer.isMarker || older.isMarker) return newer.isMarker && older.isMarker;
  const a = await provenances.of(newer, options);
  const b = await provenances.of(older, options);
  // The version that carries the author of a deletion is a copy.
  if (a.deletedBy) return true;
  if (a.digest !== undefined && b.digest !== undefined) return a.digest === b.digest;
  return newer.etag === older.etag && a.contentType === b.contentType;
}

/** Returns the ETag of the stored file, if it has the content of the version at `index`. */
export async function currentEtag(
  versions: readonly ObjectVersion[],
  index: number,
  provenances: Provenances,
  options: Pick<CallOptions, "signal">,
): Promise<string | undefined> {
  for (let i = index; i > 0; i--) {
    if (!(await isSame(versions[i - 1]!, versions[i]!, provenances, options))) return undefined;
  }
  return versions[0]!.isLatest ? versions[0]!.etag : undefined;
}
