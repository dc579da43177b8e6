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

/** User metadata, under 1,900 bytes of the 2,048 that S3 allows. */
export function encodeMetadata({ format, writeIds, createdAt }: Metadata): Record<string, string> {
  return {
    "deepagents-format": format,
    "deepagents-writes": writeIds.join("."),
    ...(createdAt && { "deepagents-created": createdAt.toISOString() }),
  };
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
