import type { Readable } from "node:stream";
import { GetObjectCommand, type GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { RemoteBackendError } from "@deepagents-remote/core";
import type { GetOptions, Key, StoredFile } from "@deepagents-remote/core/adapter";
import { readBody } from "../connection/body.js";
import type { Bucket } from "../connection/bucket.js";
import { failureOf, notS3 } from "../connection/translate-error.js";
import { Body as ObjectBody } from "../objects/body.js";
import { type CarriedOver, decodeObject, mayBeEnvelope } from "../objects/decode.js";
import { carriedHeaders } from "../objects/headers.js";

/** Maps the SDK errors of a GET for an absent or unchanged object. */
const expected = (known: string | undefined) => (error: unknown) => {
  const { status, code } = failureOf(error);
  // A 404 without a code may refer to the bucket or, in some stores, to the access key.
  if (status === 404 && code === "NoSuchKey") return "absent" as const;
  // The SDK reports a 304 as Unknown.
  return status === 304 && known !== undefined ? ("unchanged" as const) : undefined;
};

/**
 * Maximum overhead of the envelope: a character takes up to six bytes in JSON (`\\u0000`), and there are other keys
 * besides the content.
 */
const ENVELOPE = { factor: 6, extra: 64 * 1024 };

/**
 * Fetches one file, in one request.
 * @param known ETag of a cached version; returns `unchanged` if the object still has it.
 * @param maxBytes Maximum file size; larger files are not fetched.
 * @throws RemoteBackendError
 */
export async function getFile(
  bucket: Bucket,
  key: Key,
  known: string | undefined,
  maxBytes: number,
  options: GetOptions,
): Promise<StoredFile | RemoteBackendError | "absent" | "unchanged"> {
  const command = new GetObjectCommand({ ...bucket.object(key), ...(known && { IfNoneMatch: known }) });
  return bucket.read(
    "s3:GetObject",
    async (client) => {
      const answer = await client.send(command, { abortSignal: options.signal });
      return fileOf(bucket, key, answer, maxBytes, options);
    },
    expected(known),
  );
}

/** Maps the SDK errors of a GET for a version that is absent, a delete marker, or no version id at all. */
const noVersion = (error: unknown) => {
  const { status, code } = failureOf(error);
  const isAbsent = (status === 404 && ["NoSuchVersion", "NoSuchKey"].includes(code)) || status === 405;
  return isAbsent || (status === 400 && /^(Invalid|NoSuchVersion)/.test(code))
    ? ("absent" as const)
    : undefined;
};

/** Version of a file, with its id: `null`, as a string, for one from before versioning or while it was suspended. */
export interface FoundVersion {
  readonly file: StoredFile;
  readonly versionId: string;
  readonly at: Date | undefined;
}

/**
 * Fetches one version of a file, in one request.
 * @param versionId Id of the version; `undefined` for the present one.
 * @param maxBytes Maximum file size.
 * @returns `undefined` if there is no such version, or if it is a delete marker.
 * @throws RemoteBackendError
 */
export async function getFileVersion(
  bucket: Bucket,
  key: Key,
  versionId: string | undefined,
  maxBytes: number,
  options: GetOptions,
): Promise<FoundVersion | undefined> {
  const command = new GetObjectCommand({
    ...bucket.object(key),
    ...(versionId !== undefined && { VersionId: versionId }),
  });
  const answer = await bucket.read(
    versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion",
    async (client) => {
      const output = await client.send(command, { abortSignal: options.signal });
      const file = await fileOf(bucket, key, output, maxBytes, options);
      return { file, versionId: output.VersionId ?? "null", at: output.LastModified };
    },
    noVersion,
  );
  if (answer === "absent") return undefined;
  const { file } = answer;
  if (RemoteBackendError.is(file)) throw file;
  return { ...answer, file };
}

async function fileOf(
  bucket: Bucket,
  key: Key,
  answer: GetObjectCommandOutput,
  maxFileBytes: number,
  options: GetOptions,
): Promise<StoredFile | RemoteBackendError> {
  const { Body, ContentLength: length, ContentType: contentType, ETag: etag, Metadata: metadata } = answer;
  const body = Body as Readable;
  const maxBytes = mayBeEnvelope({ contentType, metadata })
    ? maxFileBytes * ENVELOPE.factor + ENVELOPE.extra
    : maxFileBytes;
  const limits = { length, maxBytes, silenceMs: bucket.readTimeoutMs };
  const lastModified = answer.LastModified ?? new Date(0);
  const tooLarge = () =>
    new RemoteBackendError(
      "too-large",
      `The file has ${length ?? `over ${maxBytes}`} bytes; the limit is ${maxBytes}.`,
      { hint: "Raise maxFileBytes, or download the object directly from the store." },
    );
  if (length !== undefined && length > maxBytes) {
    body.destroy();
    return tooLarge();
  }
  const read = async () => {
    if (etag === undefined) throw notS3();
    const chunks = readBody(body, limits, options.signal);
    const object = { etag, body: new ObjectBody(chunks, length), contentType, metadata, lastModified };
    return decodeObject(key, object, options);
  };
  const file = await bucket.reads
    .run(length ?? 0, options, read)
    .catch((error) => {
      if (RemoteBackendError.is(error) && error.code === "too-large") return tooLarge();
      throw error;
    })
    // Keeps the connection alive if the body was read to its end.
    .finally(() => body.destroy());
  if (RemoteBackendError.is(file)) return file;
  return { ...file, extra: { ...(file.extra as CarriedOver), headers: carriedHeaders(answer) } };
}
