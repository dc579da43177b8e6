import { RemoteBackendError } from "@deepagents-remote/core";
import {
  BytesSink,
  type CallTime,
  decodeEnvelope,
  decodeEnvelopeSlices,
  decodeUtf8,
  decodeUtf8InSlices,
  decodeUtf8Slices,
  type Envelope,
  fromUploadInSlices,
  type GetOptions,
  isBinaryUpload,
  isUtf8InSlices,
  type Key,
  mimeTypeOf,
  type StoredFile,
  utf8Slices,
} from "@deepagents-remote/core/adapter";
import type { Body } from "./body.js";
import { isExactEnvelope } from "./exact-envelope.js";
import type { CarriedHeaders } from "./headers.js";
import { decodeMetadata, type Format } from "./metadata.js";

/** Options of a read. */
export type ReadCall = CallTime & Pick<GetOptions, "raw">;

/** An object as S3 returns it. */
export interface StoredObject {
  readonly etag: string;
  readonly body: Body;
  readonly contentType: string | undefined;
  readonly metadata: Readonly<Record<string, string>> | undefined;
  readonly lastModified: Date;
}

/**
 * Decodes a text file whose content is still bytes.
 * @throws RemoteBackendError `timeout`
 */
export async function decodeFile({ isText: _, ...file }: StoredFile, options: CallTime): Promise<StoredFile> {
  const content = await decodeUtf8InSlices(file.content as Uint8Array, options);
  return { ...file, content: content! };
}

/** Attributes that the next version of a file keeps: its format, headers, and foreign keys of the envelope. */
export interface CarriedOver {
  readonly format: Format;
  readonly headers?: CarriedHeaders;
  readonly envelope?: Readonly<Record<string, unknown>>;
}

/**
 * Decodes an object into a file; large objects in slices. An object without our metadata is an envelope if it matches
 * the format exactly, or if it has a JSON content type under a name that does not end in `.json` and has all keys of an
 * envelope. Any other object was written by another program: it is text if it is valid UTF-8, else binary. Large text
 * is left as bytes if `options.raw` is set.
 * @throws RemoteBackendError `timeout`
 */
export async function decodeObject(
  key: Key,
  object: StoredObject,
  options?: ReadCall,
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
    ? await decodeOurs(ours.format, object.body, options)
    : await decodeForeign(key, object, options);
  if (decoded === undefined) {
    return new RemoteBackendError("corrupt", "The object's body does not match its metadata.");
  }
  return { ...file, ...decoded };
}

/** Decoded content, the attributes that the next version keeps, and the times if the object contains them. */
type Decoded = Pick<StoredFile, "content"> & Partial<StoredFile> & { readonly extra: CarriedOver };

const carry = (content: string | Uint8Array): Decoded => ({
  content,
  extra: { format: typeof content === "string" ? "text" : "bytes" },
});

/**
 * Decodes an object of ours.
 * @returns `undefined` if the body does not match the format in its metadata.
 */
async function decodeOurs(format: Format, body: Body, options?: ReadCall): Promise<Decoded | undefined> {
  if (format === "bytes") return carry(await body.toBytes());
  const isRaw = options?.raw && body.isLarge;
  if (format === "text") {
    if (isRaw) return verifiedText(await body.toBytes(), options);
    const text = await decodeUtf8Slices(body.slices(), options);
    return text === undefined ? undefined : carry(text);
  }
  const { length } = body;
  return body.isLarge && length !== undefined
    ? decodeSlices(body.slices(), length, options)
    : decodeWhole(await body.toBytes());
}

/** Returns text as its stored bytes; `undefined` if they are not UTF-8. */
const verifiedText = async (bytes: Uint8Array, options: ReadCall): Promise<Decoded | undefined> =>
  (await isUtf8InSlices(bytes, options)) ? asText(bytes) : undefined;

const asText = (bytes: Uint8Array): Decoded => ({ content: bytes, isText: true, extra: { format: "text" } });

async function decodeForeign(key: Key, object: StoredObject, options?: ReadCall): Promise<Decoded> {
  const { isLarge } = object.body;
  const isRaw = options?.raw && isLarge;
  const bytes = await object.body.toBytes();
  const isExact = isExactEnvelope(bytes);
  if (isExact || (isJson(object.contentType) && !isJsonName(key))) {
    const decoded =
      (isLarge && (await decodeSlices(utf8Slices(bytes), bytes.length, options))) ||
      (hasTimes(bytes) && decodeWhole(bytes));
    const hasMore = decoded && Object.keys(decoded.extra.envelope ?? {}).length > 0;
    if (decoded && !(isExact && hasMore)) return decoded;
  }
  if (isRaw && !isBinaryUpload(key, bytes)) return (await verifiedText(bytes, options)) ?? carry(bytes);
  return carry(await fromUploadInSlices(key, bytes, options));
}

function decodeWhole(bytes: Uint8Array): Decoded | undefined {
  const text = decodeUtf8(bytes);
  const envelope = text === undefined ? undefined : decodeEnvelope(text);
  return envelope && unwrap(envelope);
}

/** Decodes an envelope of text lines in slices. */
async function decodeSlices(
  slices: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  length: number,
  options?: ReadCall,
): Promise<Decoded | undefined> {
  const envelope = await decodeEnvelopeSlices(
    slices,
    options,
    options?.raw ? new BytesSink(length) : undefined,
  );
  return envelope && { ...unwrap(envelope), ...(options?.raw && { isText: true }) };
}

/**
 * True if the bytes contain the time keys of an envelope, which are never escaped. Avoids parsing large JSON files that
 * are not envelopes.
 */
const hasTimes = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('"modified_at"');

/** True if an object may be an envelope. */
export function mayBeEnvelope({ metadata, contentType }: Pick<StoredObject, "metadata" | "contentType">) {
  const ours = decodeMetadata(metadata);
  return ours ? ours.format === "json" : isJson(contentType);
}

/** True if JSON under this name may be the file's own content. */
const isJsonName = (key: Key): boolean => mimeTypeOf(key, "") === "application/json";

const isJson = (type: string | undefined) => type?.split(";")[0]?.trim().toLowerCase() === "application/json";

const unwrap = ({ content, createdAt, modifiedAt, extra }: Envelope): Decoded => ({
  content,
  createdAt,
  modifiedAt,
  extra: { format: "json", envelope: extra },
});
