import { RemoteBackendError } from "@deepagents-remote/core";
import { encodeProvenance, PROVENANCE_NAMES, type Provenance } from "./provenance.js";

/** Format of an object of ours: text in the envelope, plain text, or bytes. */
export type Format = "json" | "text" | "bytes";

const FORMATS: readonly string[] = ["json", "text", "bytes"] satisfies Format[];

/** Metadata of an object of ours. ASCII only, because MinIO encodes all other characters. */
export interface Metadata {
  readonly format: Format;
  /** Ids of the writes that led to this version, newest first. */
  readonly writeIds: readonly string[];
  /** Creation time, for objects without an envelope. */
  readonly createdAt?: Date;
  /** The change that made this version, in a bucket with history. */
  readonly provenance?: Provenance | undefined;
}

/** Maximum bytes of names and values that S3 allows. MinIO counts the prefix of the headers too. */
const MAX_BYTES = 2_048;
const HEADER_PREFIX = "x-amz-meta-";

/** Minimum number of write ids in an object: with fewer, a lost response could rarely be resolved. */
const MIN_WRITE_IDS = 8;

const NAMES: readonly string[] = [
  "deepagents-format",
  "deepagents-writes",
  "deepagents-created",
  ...PROVENANCE_NAMES,
];

/** True if this package writes user metadata of that name. */
export const isOurs = (name: string): boolean => NAMES.includes(name);

/**
 * Encodes user metadata. Ours take less than 1,900 bytes without the author of a change; if authors or foreign metadata
 * leave less room, the oldest write ids are dropped.
 * @param foreign Metadata that other programs gave to the object.
 * @throws RemoteBackendError `too-large` if foreign metadata leaves no room.
 */
export function encodeMetadata(
  { format, writeIds, createdAt, provenance }: Metadata,
  foreign: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const withIds = (ids: readonly string[]) => ({
    ...foreign,
    "deepagents-format": format,
    "deepagents-writes": ids.join("."),
    ...(createdAt && { "deepagents-created": createdAt.toISOString() }),
    ...(provenance && encodeProvenance(provenance)),
  });
  for (let count = writeIds.length; ; count--) {
    const metadata = withIds(writeIds.slice(0, count));
    if (fits(metadata)) return metadata;
    if (count <= MIN_WRITE_IDS) {
      throw new RemoteBackendError("too-large", "The object's foreign metadata leaves no room for ours.", {
        hint: "S3 allows 2,048 bytes of metadata: remove some.",
      });
    }
  }
}

/**
 * Adds metadata to that of an object. Returns `undefined` if there is no room, even after dropping all write ids but the
 * newest and the creating one.
 */
export function extendMetadata(
  metadata: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>>,
): Record<string, string> | undefined {
  const { "deepagents-writes": writes, ...rest } = metadata;
  const ids = writes?.split(".") ?? [];
  for (let count = ids.length; ; count--) {
    const kept = count < ids.length ? [...ids.slice(0, count - 1), ids.at(-1)!] : ids;
    const extended = {
      ...rest,
      ...(writes !== undefined && { "deepagents-writes": kept.join(".") }),
      ...added,
    };
    if (fits(extended)) return extended;
    if (count <= 2) return undefined;
  }
}

const fits = (metadata: Readonly<Record<string, string>>): boolean =>
  Object.entries(metadata).reduce(
    (sum, entry) => sum + Buffer.byteLength(HEADER_PREFIX + entry.join("")),
    0,
  ) <= MAX_BYTES;

/**
 * Decodes our metadata.
 * @returns `undefined` for a foreign object.
 */
export function decodeMetadata(metadata: Readonly<Record<string, string>> = {}): Metadata | undefined {
  const {
    "deepagents-format": format,
    "deepagents-writes": writes,
    "deepagents-created": created,
  } = metadata;
  if (format === undefined || !FORMATS.includes(format)) return undefined;
  const createdAt = new Date(created ?? "");
  return {
    format: format as Format,
    writeIds: writes ? writes.split(".") : [],
    ...(!Number.isNaN(createdAt.getTime()) && { createdAt }),
  };
}
