import {
  type CallTime,
  decodeEnvelope,
  decodeEnvelopeSlices,
  decodeUtf8,
  decodeUtf8Slices,
  type Envelope,
  fromUploadInSlices,
  type Key,
  mimeTypeOf,
  RemoteBackendError,
  type StoredFile,
  utf8Slices,
} from "@deepagents-remote/core";
import type { Body } from "./body.js";
import { isExactEnvelope } from "./exact-envelope.js";
import type { CarriedHeaders } from "./headers.js";
import { decodeMetadata, type Format } from "./metadata.js";

/** An object as S3 gives it. */
export interface StoredObject {
  readonly etag: string;
  readonly body: Body;
  readonly contentType: string | undefined;
  readonly metadata: Readonly<Record<string, string>> | undefined;
  readonly lastModified: Date;
}

/** What the next version of a file takes over from this one: its form, headers, and keys of the envelope that are not ours. */
export interface CarriedOver {
  readonly format: Format;
  readonly headers?: CarriedHeaders;
  readonly envelope?: Readonly<Record<string, unknown>>;
}

/**
 * Makes a file of an object, of a large one in slices. One without our metadata is an envelope when it is exactly
 * one, or is called JSON under another name than `.json` and looks like one in every respect; anything else is bytes of
 * another program, which are text where they are UTF-8.
 * @throws RemoteBackendError `timeout`
 */
export async function decodeObject(
  key: Key,
  object: StoredObject,
  call?: CallTime,
): Promise<StoredFile | RemoteBackendError> {
  const ours = decodeMetadata(object.metadata);
  const file = {
    key,
    version: object.etag,
    createdAt: ours?.createdAt ?? object.lastModified,
    modifiedAt: object.lastModified,
    writeIds: ours?.writeIds ?? [],
  };
  const decoded = ours
    ? await decodeOurs(ours.format, object.body, call)
    : await decodeForeign(key, object, call);
  if (decoded === undefined) {
    return new RemoteBackendError("corrupt", "The object of this file does not hold what it says.");
  }
  return { ...file, ...decoded };
}

/** Content, and what the next version takes over; times where they are in the object. */
type Decoded = Pick<StoredFile, "content"> & Partial<StoredFile> & { readonly extra: CarriedOver };

const carry = (content: string | Uint8Array): Decoded => ({
  content,
  extra: { format: typeof content === "string" ? "text" : "bytes" },
});

/** @returns `undefined` when the body has not the form that its metadata says. */
async function decodeOurs(format: Format, body: Body, call?: CallTime): Promise<Decoded | undefined> {
  if (format === "bytes") return carry(body.toBytes());
  if (format === "text") {
    const text = await decodeUtf8Slices(body.drain(), call);
    return text === undefined ? undefined : carry(text);
  }
  const envelope = body.isLarge
    ? await decodeEnvelopeSlices(body.drain(), call)
    : decodeWhole(body.toBytes());
  return envelope && unwrap(envelope);
}

async function decodeForeign(key: Key, object: StoredObject, call?: CallTime): Promise<Decoded> {
  const { isLarge } = object.body;
  const bytes = object.body.toBytes();
  const isExact = isExactEnvelope(bytes);
  if (isExact || (isJson(object.contentType) && !isJsonName(key))) {
    const envelope =
      (isLarge && (await decodeEnvelopeSlices(utf8Slices(bytes), call))) ||
      (hasTimes(bytes) && decodeWhole(bytes));
    const hasMore = envelope && Object.keys(envelope.extra).length > 0;
    if (envelope && !(isExact && hasMore)) return unwrap(envelope);
  }
  return carry(await fromUploadInSlices(key, bytes, call));
}

const decodeWhole = (bytes: Uint8Array): Envelope | undefined => {
  const text = decodeUtf8(bytes);
  return text === undefined ? undefined : decodeEnvelope(text);
};

/** Spares the parsing of large JSON that is no envelope; keys of envelopes are not escaped. */
const hasTimes = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('"modified_at"');

/** Whether an object can hold text in the envelope. */
export function mayBeEnvelope({ metadata, contentType }: Pick<StoredObject, "metadata" | "contentType">) {
  const ours = decodeMetadata(metadata);
  return ours ? ours.format === "json" : isJson(contentType);
}

/** JSON under such a name may be the file itself. */
const isJsonName = (key: Key): boolean => mimeTypeOf(key, "") === "application/json";

const isJson = (type: string | undefined) => type?.split(";")[0]?.trim().toLowerCase() === "application/json";

const unwrap = ({ content, createdAt, modifiedAt, extra }: Envelope): Decoded => ({
  content,
  createdAt,
  modifiedAt,
  extra: { format: "json", envelope: extra },
});
