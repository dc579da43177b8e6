import {
  decodeEnvelope,
  decodeUtf8,
  type Envelope,
  fromUpload,
  type Key,
  RemoteBackendError,
  type StoredFile,
} from "@deepagents-remote/core";
import { decodeMetadata, type Format } from "./metadata.js";

/** An object as S3 gives it. */
export interface StoredObject {
  readonly etag: string;
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
  readonly metadata: Readonly<Record<string, string>> | undefined;
  readonly lastModified: Date;
}

/** What the next version of a file takes over from this one: its form, and keys of the envelope that are not ours. */
export interface CarriedOver {
  readonly format: Format;
  readonly envelope?: Readonly<Record<string, unknown>>;
}

/**
 * Makes a file of an object. One without our metadata is an envelope when it is called JSON and looks like one in
 * every respect; anything else is bytes of somebody else's, which are text where they are UTF-8.
 */
export function decodeObject(key: Key, object: StoredObject): StoredFile | RemoteBackendError {
  const ours = decodeMetadata(object.metadata);
  const file = {
    key,
    version: object.etag,
    createdAt: ours?.createdAt ?? object.lastModified,
    modifiedAt: object.lastModified,
    writeIds: ours?.writeIds ?? [],
  };
  const carry = (content: string | Uint8Array) => ({
    ...file,
    content,
    extra: { format: typeof content === "string" ? "text" : "bytes" } satisfies CarriedOver,
  });
  if (ours?.format === "bytes") return carry(object.body);
  const text = decodeUtf8(object.body);
  if (ours?.format === "text" && text !== undefined) return carry(text);
  const envelope = mayBeEnvelope(object) && text !== undefined ? decodeEnvelope(text) : undefined;
  if (envelope) return { ...file, ...unwrap(envelope) };
  if (ours) return new RemoteBackendError("corrupt", "The object of this file does not hold what it says.");
  return carry(fromUpload(key, object.body));
}

/** Whether an object can hold text in the envelope. */
export function mayBeEnvelope({ metadata, contentType }: Pick<StoredObject, "metadata" | "contentType">) {
  const ours = decodeMetadata(metadata);
  return ours ? ours.format === "json" : isJson(contentType);
}

const isJson = (type: string | undefined) => type?.split(";")[0]?.trim().toLowerCase() === "application/json";

const unwrap = ({ content, createdAt, modifiedAt, extra }: Envelope) => ({
  content,
  createdAt,
  modifiedAt,
  extra: { format: "json", envelope: extra } satisfies CarriedOver,
});
