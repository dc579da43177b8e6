import { RemoteBackendError } from "@deepagents-remote/core";

/** How an object of ours holds its file: text in the envelope, text as it is, or bytes. */
export type Format = "json" | "text" | "bytes";

const FORMATS: readonly string[] = ["json", "text", "bytes"] satisfies Format[];

/** What an object of ours carries beside its body. All of it is ASCII: MinIO encodes anything else. */
export interface Metadata {
  readonly format: Format;
  /** Ids of the writes that made it, newest first. */
  readonly writeIds: readonly string[];
  /** Of an object without an envelope. */
  readonly createdAt?: Date;
}

/** Bytes of names and values that S3 allows. */
const MAX_BYTES = 2_048;

/** Ids of writes that an object carries at least: with fewer a lost answer is hardly ever settled. */
const MIN_WRITE_IDS = 8;

const NAMES: readonly string[] = ["deepagents-format", "deepagents-writes", "deepagents-created"];

/** True for user metadata of this package. */
export const isOurs = (name: string): boolean => NAMES.includes(name);

/**
 * Makes user metadata: ours are under 1,900 bytes. Where foreign ones leave less room, the oldest ids give way.
 * @param foreign Metadata that the object has from others.
 * @throws RemoteBackendError `too-large` when they leave no room.
 */
export function encodeMetadata(
  { format, writeIds, createdAt }: Metadata,
  foreign: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const withIds = (ids: readonly string[]) => ({
    ...foreign,
    "deepagents-format": format,
    "deepagents-writes": ids.join("."),
    ...(createdAt && { "deepagents-created": createdAt.toISOString() }),
  });
  for (let count = writeIds.length; ; count--) {
    const metadata = withIds(writeIds.slice(0, count));
    if (Buffer.byteLength(Object.entries(metadata).flat().join("")) <= MAX_BYTES) return metadata;
    if (count <= MIN_WRITE_IDS) {
      throw new RemoteBackendError(
        "too-large",
        "The metadata that others gave to this object leave no room for ours.",
        { hint: "S3 allows 2,048 bytes of metadata: remove some." },
      );
    }
  }
}

/** @returns `undefined` for an object that somebody else made. */
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
