import {
  type CallTime,
  type Change,
  chainWriteIds,
  encodeEnvelopeInSlices,
  encodeInSlices,
  mimeTypeOf,
  type StoredFile,
} from "@deepagents-remote/core/adapter";
import type { CarriedOver } from "./decode.js";
import { type CarriedHeaders, withoutForm } from "./headers.js";
import { encodeMetadata, type Format } from "./metadata.js";

/** A file that has no ETag yet. */
export type NewVersion = Omit<StoredFile, "version" | "extra"> & { readonly extra: CarriedOver };

/**
 * The file that a change makes. A new version keeps the form of the one that it was made from.
 * @param newText The form of text in new files.
 * @param seen The object that is stored now, where it was looked at.
 */
export function nextVersion(
  { key, id, condition, content, isText }: Change,
  newText: "json" | "text",
  seen?: { readonly writeIds: readonly string[]; readonly headers?: CarriedHeaders },
): NewVersion {
  const from = typeof condition === "object" ? condition : undefined;
  const carried = from?.extra as CarriedOver | undefined;
  const now = new Date();
  return {
    key,
    content,
    ...(isText && { isText }),
    createdAt: from?.createdAt ?? now,
    modifiedAt: now,
    writeIds: chainWriteIds(id, seen?.writeIds ?? from?.writeIds ?? []),
    extra: {
      ...carried,
      ...(seen?.headers && { headers: from ? seen.headers : withoutForm(seen.headers) }),
      format: formatOf(isText ?? typeof content === "string", carried?.format ?? newText),
    },
  };
}

function formatOf(isText: boolean, text: Format): Format {
  if (!isText) return "bytes";
  return text === "bytes" ? "text" : text;
}

/** What a PUT sends. The body is a buffer: of a stream the SDK makes chunks with trailers, which some stores reject. */
export interface EncodedObject extends Omit<CarriedHeaders, "metadata" | "contentEncoding" | "contentType"> {
  readonly Body: Uint8Array;
  readonly ContentType: string;
  readonly ContentEncoding?: string;
  readonly Metadata: Record<string, string>;
}

/**
 * Encodes a file, a large one in slices. A text whose envelope would be too large is stored as it is: in JSON a character
 * takes up to six.
 * @throws RemoteBackendError `timeout`
 */
export async function encodeObject(file: NewVersion, call?: CallTime): Promise<EncodedObject> {
  const { key, content, createdAt, writeIds, extra } = file;
  const isText = extra.format !== "bytes";
  const { metadata, contentEncoding, contentType, ...headers } = extra.headers ?? {};
  const carried = { ...headers, ...(contentEncoding !== undefined && { ContentEncoding: contentEncoding }) };
  const envelope = extra.format === "json" ? await envelopeOf(file, call) : undefined;
  if (envelope !== undefined) {
    return {
      ...carried,
      Body: envelope,
      ContentType: "application/json",
      Metadata: encodeMetadata({ format: "json", writeIds }, metadata),
    };
  }
  const type = contentType ?? mimeTypeOf(key, isText ? "" : content);
  const format = isText ? "text" : "bytes";
  return {
    ...carried,
    Body: await encodeInSlices(content, call),
    ContentType: isText ? `${type}; charset=utf-8` : type,
    Metadata: encodeMetadata({ format, writeIds, createdAt }, metadata),
  };
}

const envelopeOf = ({ content, createdAt, modifiedAt, extra }: NewVersion, call?: CallTime) =>
  encodeEnvelopeInSlices({ content, createdAt, modifiedAt, extra: extra.envelope ?? {} }, call);
