import type { Key, VersionEntry, VersionsOptions } from "@deepagents-remote/core/adapter";
import { until } from "../connection/until.js";
import { perTable, type Table } from "../rows/table.js";
import { ENTRY_COLUMNS, recordedEntries, unchangedFiles, versionEntry } from "./entries.js";
import { placeOf } from "./version-id.js";

/** Higher than every version id. */
const LAST_ID = "9223372036854775807";

const versions = perTable(
  (table) => `
SELECT ${ENTRY_COLUMNS}
FROM ${recordedEntries(table)}
WHERE f.path = $1::text AND f.version_id < $2::text::bigint
ORDER BY f.version_id DESC
LIMIT $3::text::bigint`,
);

const unchanged = perTable(
  (table) => `
SELECT ${ENTRY_COLUMNS}
FROM ${unchangedFiles(table)}
WHERE f.path = $1::text`,
);

/** Reads versions of one file, newest first. See `FileHistory.versions`. */
export async function readVersions(
  table: Table,
  key: Key,
  options: VersionsOptions,
): Promise<readonly VersionEntry[]> {
  const { limit, before } = options;
  const place = before === undefined ? { id: LAST_ID } : placeOf(before);
  if (place === undefined) return [];
  let rows = await table.database.read(versions(table), [key, place.id, String(limit)], until(options));
  if (rows.length === 0 && before === undefined) {
    rows = await table.database.read(unchanged(table), [key], until(options));
  }
  return rows.map(versionEntry);
}
