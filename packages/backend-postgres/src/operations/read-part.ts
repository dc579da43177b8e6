import type { CallOptions, Key } from "@deepagents-remote/core/adapter";
import { until } from "../connection/until.js";
import { perTable, type Table } from "../rows/table.js";

/** Query for a part of a file. `bytes` is stored uncompressed, so only this part is read from disk. */
const part = perTable(
  (table) => `
SELECT encode(substring(f.bytes FROM $3::text::int FOR $4::text::int), 'base64')
FROM ${table.rows} AS f
WHERE f.path = $1::text AND f.xmin::text = $2::text`,
);

/**
 * Reads a part of a file in `bytes`.
 * @param start Offset of the part, in bytes.
 * @returns The part in base64; `undefined` if the file no longer has this version.
 */
export async function readPart(
  table: Table,
  key: Key,
  version: string,
  start: number,
  length: number,
  options: CallOptions,
): Promise<Buffer | undefined> {
  const parameters = [key, version, String(start + 1), String(length)];
  const [row] = await table.database.read(part(table), parameters, until(options));
  return row?.[0] ?? undefined;
}
