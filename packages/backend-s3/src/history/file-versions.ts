import { compareCodePoints, type Key } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { listVersions, type ObjectVersion, type VersionListing } from "../requests/list-versions.js";
import { isProbeKey } from "../setup/probe-key.js";

/** All versions of one key, newest first. */
export interface FileVersions {
  readonly key: Key;
  readonly versions: readonly ObjectVersion[];
}

/** True for a key that can be a file's: no folder marker, and no probe. */
const isFileKey = (key: Key): boolean => key !== "" && !key.endsWith("/") && !isProbeKey(key);

/** Lists the versions of all files under a prefix, grouped by key, in key order, in pages. */
export async function* listFileVersions(
  bucket: Bucket,
  prefix: string,
  listing: VersionListing,
): AsyncGenerator<readonly FileVersions[]> {
  for await (const page of listObjectVersions(bucket, prefix, listing)) {
    const files = page.filter(({ key }) => isFileKey(key));
    if (files.length > 0) yield files;
  }
}

/** Lists the versions of all objects under a prefix, those included that no path can name. */
export async function* listObjectVersions(
  bucket: Bucket,
  prefix: string,
  listing: VersionListing,
): AsyncGenerator<readonly FileVersions[]> {
  let last: ObjectVersion[] = [];
  for await (const page of listVersions(bucket, prefix, listing)) {
    const groups: FileVersions[] = [];
    for (const version of page) {
      if (last.length > 0 && last[0]!.key !== version.key) {
        groups.push({ key: last[0]!.key, versions: last });
        last = [];
      }
      last.push(version);
    }
    if (groups.length > 0) yield groups.sort((a, b) => compareCodePoints(a.key, b.key));
  }
  if (last.length > 0) yield [{ key: last[0]!.key, versions: last }];
}

/** Versions in the first page of one file's: enough for most questions, and a short response. */
const FIRST_PAGE = 50;

/** Versions of one file, newest first, listed as far as they are asked for. */
export class VersionsOfFile {
  /** Versions that have been listed. */
  readonly listed: ObjectVersion[] = [];
  readonly #key: Key;
  readonly #pages: AsyncIterator<readonly ObjectVersion[]>;
  #isComplete = false;

  constructor(bucket: Bucket, key: Key, { signal }: VersionListing) {
    this.#key = key;
    this.#pages = listVersions(bucket, key, { signal, firstPage: FIRST_PAGE });
  }

  /** Returns the version at an index; `undefined` behind the oldest. */
  async at(index: number): Promise<ObjectVersion | undefined> {
    while (index >= this.listed.length && !this.#isComplete) {
      const { value: page, done } = await this.#pages.next();
      const versions = done ? [] : page.filter(({ key }) => key === this.#key);
      this.listed.push(...versions);
      // Longer keys with this prefix follow.
      this.#isComplete = done || versions.length < page.length;
    }
    return this.listed[index];
  }

  /** Finds the first version that passes a test, newest first. Returns -1 if none does. */
  async findIndex(test: (version: ObjectVersion) => boolean): Promise<number> {
    for (let index = 0; ; index++) {
      const version = await this.at(index);
      if (version === undefined) return -1;
      if (test(version)) return index;
    }
  }
}
