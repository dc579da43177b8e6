import {
  byteLength,
  type CallTime,
  type Change,
  chainWriteIds,
  encodeEnvelopeInSlices,
  encodeInSlices,
  mimeTypeOf,
  type StoredFile,
} from "@deepagents-remote/core/adapter";
import type { CarriedOver } from "./decode.js";
import { digestOf } from "./digest.js";
import { type CarriedHeaders, withoutForm } from "./headers.js";
import { encodeMetadata, type Format } from "./metadata.js";
import type { Provenance } from "./provenance.js";

/** A file that has not been stored yet and so has no ETag. */
export type NewVersion = Omit<StoredFile, "version" | "extra"> & { readonly extra: CarriedOver };

/**
 * Returns the file that a change results in. A new version keeps the format of the version that it is based on.
 * @param newText Format of text in new files.
 * @param seen The object that is currently stored, if it was looked up.
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

/**
 * Parameters of a PUT. The body is a buffer, because the SDK sends streams as chunks with trailers, which some stores
 * reject.
 */
export interface EncodedObject extends Omit<CarriedHeaders, "metadata" | "contentEncoding" | "contentType"> {
  readonly Body: Uint8Array;
  readonly ContentType: string;
  readonly ContentEncoding?: string;
  readonly Metadata: Record<string, string>;
}

/** Kind and author of a change, to be recorded with the version that it makes. */
export type Recorded = Pick<Provenance, "kind" | "by">;

/**
 * Encodes a file; large files in slices. A text whose envelope would be too large is stored as plain bytes: a character
 * takes up to six bytes in JSON.
 * @param recorded Given in a bucket with history.
 * @throws RemoteBackendError `timeout`
 */
export async function encodeObject(
  file: NewVersion,
  options?: CallTime,
  recorded?: Recorded,
): Promise<EncodedObject> {
  const { key, content, createdAt, writeIds, extra } = file;
  const isText = extra.format !== "bytes";
  const provenance = recorded && {
    ...recorded,
    digest: await digestOf(content, isText, options),
    size: byteLength(content),
  };
  const { metadata, contentEncoding, contentType, ...headers } = extra.headers ?? {};
  const carried = { ...headers, ...(contentEncoding !== undefined && { ContentEncoding: contentEncoding }) };
  const envelope = extra.format === "json" ? await envelopeOf(file, options) : undefined;
  if (envelope !== undefined) {
    return {
      ...carried,
      Body: envelope,
      ContentType: "application/json",
      Metadata: encodeMetadata({ format: "json", writeIds, provenance }, metadata),
    };
  }
  const type = contentType ?? mimeTypeOf(key, isText ? "" : content);
  const format = isText ? "text" : "bytes";
  return {
    ...carried,
    Body: await encodeInSlices(content, options),
    ContentType: isText ? `${type}; charset=utf-8` : type,
    Metadata: encodeMetadata({ format, writeIds, createdAt, provenance }, metadata),
  };
}

const envelopeOf = ({ content, createdAt, modifiedAt, extra }: NewVersion, options?: CallTime) =>
  encodeEnvelopeInSlices({ content, createdAt, modifiedAt, extra: extra.envelope ?? {} }, options);
