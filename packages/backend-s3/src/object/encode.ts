import {
  type Change,
  chainWriteIds,
  encodeEnvelope,
  mimeTypeOf,
  type StoredFile,
  toBytes,
} from "@deepagents-remote/core";
import type { CarriedOver } from "./decode.js";
import { encodeMetadata, type Format } from "./metadata.js";

/** A file that has no ETag yet. */
export type NewVersion = Omit<StoredFile, "version" | "extra"> & { readonly extra: CarriedOver };

/**
 * The file that a change makes. A new version keeps the form of the one that it was made from.
 * @param newText The form of text in new files.
 * @param seen Ids of what is stored now, where it was looked at.
 */
export function nextVersion(
  { key, id, when, to }: Change,
  newText: "json" | "text",
  seen?: readonly string[],
): NewVersion {
  const from = typeof when === "object" ? when : undefined;
  const carried = from?.extra as CarriedOver | undefined;
  const now = new Date();
  return {
    key,
    content: to,
    createdAt: from?.createdAt ?? now,
    modifiedAt: now,
    writeIds: chainWriteIds(id, seen ?? from?.writeIds ?? []),
    extra: { ...carried, format: formatOf(to, carried?.format ?? newText) },
  };
}

function formatOf(content: string | Uint8Array, text: Format): Format {
  if (typeof content !== "string") return "bytes";
  return text === "bytes" ? "text" : text;
}

/** What a PUT sends. The body is a buffer: of a stream the SDK makes chunks with trailers, which some stores reject. */
export interface EncodedObject {
  readonly Body: Uint8Array;
  readonly ContentType: string;
  readonly Metadata: Record<string, string>;
}

export function encodeObject({
  key,
  content,
  createdAt,
  modifiedAt,
  writeIds,
  extra,
}: NewVersion): EncodedObject {
  const { format, envelope = {} } = extra;
  if (format === "json") {
    return {
      Body: toBytes(encodeEnvelope({ content: content as string, createdAt, modifiedAt, extra: envelope })),
      ContentType: "application/json",
      Metadata: encodeMetadata({ format, writeIds }),
    };
  }
  const type = mimeTypeOf(key, content);
  return {
    Body: toBytes(content),
    ContentType: format === "text" ? `${type}; charset=utf-8` : type,
    Metadata: encodeMetadata({ format, writeIds, createdAt }),
  };
}
