import type { Readable } from "node:stream";
import { GetObjectCommand, type GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { type Call, type Key, RemoteBackendError, type StoredFile } from "@deepagents-remote/core";
import { readBody } from "../connection/body.js";
import type { Bucket } from "../connection/bucket.js";
import { failureOf, notS3 } from "../connection/translate-error.js";
import { Body as ObjectBody } from "../objects/body.js";
import { type CarriedOver, decodeObject, isTakenWhole, mayBeEnvelope } from "../objects/decode.js";
import { carriedHeaders } from "../objects/headers.js";

/** Answers of a GET that are errors for the SDK: absent, and the same as before. */
const expected = (known: string | undefined) => (error: unknown) => {
  const { status, code } = failureOf(error);
  // A 404 by itself may mean the bucket, or in some stores the access key.
  if (status === 404 && code === "NoSuchKey") return "absent" as const;
  // The SDK calls it Unknown.
  return status === 304 && known !== undefined ? ("unchanged" as const) : undefined;
};

/** `raw`: as in `FileStore.get`. */
type GetCall = Pick<Call, "signal" | "deadline"> & { readonly raw?: boolean };

/** A character takes up to six bytes in JSON (`\\u0000`), and the envelope holds more than the content. */
const ENVELOPE = { factor: 6, extra: 64 * 1024 };

/**
 * Fetches one file: one request.
 * @param known Answers `unchanged` when the object still has this ETag.
 * @param maxBytes Files beyond this are not fetched.
 * @throws RemoteBackendError
 */
export async function getFile(
  bucket: Bucket,
  key: Key,
  known: string | undefined,
  maxBytes: number,
  call: GetCall,
): Promise<StoredFile | RemoteBackendError | "absent" | "unchanged"> {
  const command = new GetObjectCommand({ ...bucket.object(key), ...(known && { IfNoneMatch: known }) });
  return bucket.read(
    "s3:GetObject",
    async (client) => {
      const answer = await client.send(command, { abortSignal: call.signal });
      return fileOf(bucket, key, answer, maxBytes, call);
    },
    expected(known),
  );
}

async function fileOf(
  bucket: Bucket,
  key: Key,
  answer: GetObjectCommandOutput,
  maxFileBytes: number,
  call: GetCall,
): Promise<StoredFile | RemoteBackendError> {
  const { Body, ContentLength: length, ContentType: contentType, ETag: etag, Metadata: metadata } = answer;
  const body = Body as Readable;
  const maxBytes = mayBeEnvelope({ contentType, metadata })
    ? maxFileBytes * ENVELOPE.factor + ENVELOPE.extra
    : maxFileBytes;
  const limits = { length, maxBytes, silenceMs: bucket.readTimeoutMs };
  const lastModified = answer.LastModified ?? new Date(0);
  const read = async () => {
    const inOnePiece = isTakenWhole({ metadata }, call);
    const chunks = await readBody(body, { ...limits, inOnePiece }, call.signal);
    if (chunks === "too-large") return chunks;
    if (etag === undefined) throw notS3();
    const object = { etag, body: new ObjectBody(chunks), contentType, metadata, lastModified };
    return decodeObject(key, object, call);
  };
  const isTooLarge = length !== undefined && length > maxBytes;
  const file = isTooLarge
    ? "too-large"
    : await bucket.reads.run(length ?? 0, call, read).catch((error) => {
        body.destroy();
        throw error;
      });
  if (file === "too-large") {
    body.destroy();
    return new RemoteBackendError(
      "too-large",
      `The file has ${length ?? `over ${maxBytes}`} bytes, and up to ${maxBytes} are read.`,
      { hint: "Raise maxFileBytes, or take it from the store itself." },
    );
  }
  if (RemoteBackendError.is(file)) return file;
  return { ...file, extra: { ...(file.extra as CarriedOver), headers: carriedHeaders(answer) } };
}
