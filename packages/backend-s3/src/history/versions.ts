import type { Key, VersionEntry, VersionsOptions } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { entryAt } from "./entry.js";
import { VersionsOfFile } from "./file-versions.js";
import type { Provenances } from "./provenances.js";
import { idOf } from "./version-id.js";

/** Returns entries of one file, newest first. @see FileHistory.versions */
export async function versionsOf(
  bucket: Bucket,
  key: Key,
  provenances: Provenances,
  options: VersionsOptions,
): Promise<readonly VersionEntry[]> {
  const { limit, before } = options;
  const file = new VersionsOfFile(bucket, key, options);
  let index = 0;
  if (before !== undefined) {
    index = (await file.findIndex((version) => idOf(version) === before)) + 1;
    if (index === 0) return [];
  }
  const entries: VersionEntry[] = [];
  while (entries.length < limit && (await file.at(index))) {
    // The version behind the last one shows what the last one changed.
    const end = index + limit - entries.length;
    await file.at(end);
    await provenances.load(file.listed.slice(index, end + 1), options);
    for (; index < Math.min(end, file.listed.length); index++) {
      const entry = await entryAt(file.listed, index, provenances, options);
      if (entry) entries.push(notAfter(entry, entries.at(-1)));
    }
  }
  return entries;
}

/** An upload in parts has the time of its start, but its place is that of its end. */
const notAfter = (entry: VersionEntry, newer: VersionEntry | undefined): VersionEntry =>
  newer && newer.at < entry.at ? { ...entry, at: newer.at } : entry;
