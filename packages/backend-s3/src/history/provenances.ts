import { BoundedMap, type CallOptions } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { mapConcurrent } from "../connection/map-concurrent.js";
import { decodeMetadata } from "../objects/metadata.js";
import { decodeProvenance, type FoundProvenance } from "../objects/provenance.js";
import { headVersion } from "../requests/head.js";
import type { ObjectVersion } from "../requests/list-versions.js";
import { idOf } from "./version-id.js";

/** Maximum number of remembered versions: about 5 MB of memory. */
const MAX_VERSIONS = 10_000;

/** Headers of a version, as far as the history uses them. */
export interface VersionHeaders extends FoundProvenance {
  readonly contentType: string | undefined;
}

const NONE: VersionHeaders = { contentType: undefined };

/** Looks up the headers of versions, one HEAD each. Versions never change, so they are remembered. */
export class Provenances {
  readonly #bucket: Bucket;
  readonly #concurrency: number;
  readonly #known = new BoundedMap<string, VersionHeaders>(MAX_VERSIONS);

  constructor(bucket: Bucket, concurrency: number) {
    this.#bucket = bucket;
    this.#concurrency = concurrency;
  }

  /** Looks up versions concurrently, so that `of` answers from memory. */
  async load(versions: readonly ObjectVersion[], options: Pick<CallOptions, "signal">): Promise<void> {
    await mapConcurrent(versions, this.#concurrency, (version) => this.of(version, options));
  }

  /** Returns the headers of one version: none for a delete marker, or if the version has just been erased. */
  async of(version: ObjectVersion, options: Pick<CallOptions, "signal">): Promise<VersionHeaders> {
    if (version.isMarker) return NONE;
    const name = JSON.stringify([version.key, idOf(version)]);
    const known = this.#known.get(name);
    if (known) return known;
    const headers = await headVersion(this.#bucket, version.key, version.versionId, options);
    if (!headers) return NONE;
    const found = {
      ...decodeProvenance(headers.Metadata),
      ...sizeOf(version, headers.Metadata),
      contentType: headers.ContentType,
    };
    this.#known.set(name, found);
    return found;
  }

  /** Forgets everything. */
  clear(): void {
    this.#known.clear();
  }
}

/** Size of content that is stored as it is. */
function sizeOf({ size }: ObjectVersion, metadata: Readonly<Record<string, string>> | undefined) {
  const format = decodeMetadata(metadata)?.format;
  return size !== undefined && format !== undefined && format !== "json" ? { size } : {};
}
