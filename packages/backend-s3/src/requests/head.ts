import type { Readable } from "node:stream";
import { GetObjectCommand, HeadObjectCommand, type HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import type { CallOptions, Key } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { failureOf, notS3 } from "../connection/translate-error.js";
import {
  type CarriedHeaders,
  type CopiedHeaders,
  carriedHeaders,
  copiedHeaders,
} from "../objects/headers.js";
import { decodeMetadata } from "../objects/metadata.js";

/** Attributes of an object that are available without its body. */
export interface Head {
  readonly etag: string;
  readonly writeIds: readonly string[];
  readonly headers: CarriedHeaders;
  /** All headers and metadata. */
  readonly copied: CopiedHeaders;
  readonly modifiedAt: Date | undefined;
}

/**
 * Maps the errors of a HEAD: a 404 to `absent`, a 400 to `refused`. The response to a HEAD has no body and so no code,
 * but `initialize()` has verified that the bucket exists.
 */
const expected = (error: unknown) => {
  const { status } = failureOf(error);
  if (status === 404) return "absent" as const;
  return status === 400 ? ("refused" as const) : undefined;
};

/** Looks up an object, in one request. Returns `undefined` if there is none. */
export async function headFile(
  bucket: Bucket,
  key: Key,
  { signal }: Pick<CallOptions, "signal">,
): Promise<Head | undefined> {
  const command = new HeadObjectCommand(bucket.object(key));
  const answer = await bucket.read(
    "s3:GetObject",
    async (client) => headOf(await client.send(command, { abortSignal: signal })),
    expected,
  );
  if (answer === "absent") return undefined;
  return answer === "refused" ? explain(bucket, key, { signal }) : answer;
}

function headOf(answer: HeadObjectCommandOutput): Head {
  if (answer.ETag === undefined) throw notS3();
  return {
    etag: answer.ETag,
    writeIds: decodeMetadata(answer.Metadata)?.writeIds ?? [],
    headers: carriedHeaders(answer),
    copied: copiedHeaders(answer),
    modifiedAt: answer.LastModified,
  };
}

/** Looks up whether a key has a file, in one request: a deleted one, if its versions are kept, or none at all. */
export async function lookUp(
  bucket: Bucket,
  key: Key,
  { signal }: Pick<CallOptions, "signal">,
): Promise<"file" | "deleted" | "absent"> {
  const command = new HeadObjectCommand(bucket.object(key));
  const answer = await bucket.read(
    "s3:GetObject",
    async (client) => {
      await client.send(command, { abortSignal: signal });
      return "file" as const;
    },
    (error) => {
      if (expected(error) !== "absent") return expected(error);
      const { headers = {} } =
        (error as { $response?: { headers?: Record<string, string> } }).$response ?? {};
      return headers["x-amz-delete-marker"] === "true" ? ("deleted" as const) : ("absent" as const);
    },
  );
  return answer === "refused" ? explain(bucket, key, { signal }) : answer;
}

/** Looks up the headers of one version, in one request. Returns `undefined` if there is no such version. */
export async function headVersion(
  bucket: Bucket,
  key: Key,
  versionId: string,
  { signal }: Pick<CallOptions, "signal">,
): Promise<CopiedHeaders | undefined> {
  const command = new HeadObjectCommand({ ...bucket.object(key), VersionId: versionId });
  const answer = await bucket.read(
    "s3:GetObjectVersion",
    async (client) => copiedHeaders(await client.send(command, { abortSignal: signal })),
    (error) => (failureOf(error).status === 404 ? ("absent" as const) : undefined),
  );
  return answer === "absent" ? undefined : answer;
}

/** Throws the error of a GET, which fails for the same reason but has a body with a code. */
async function explain(bucket: Bucket, key: Key, { signal }: Pick<CallOptions, "signal">): Promise<never> {
  const command = new GetObjectCommand({ ...bucket.object(key), Range: "bytes=0-0" });
  return bucket.read("s3:GetObject", async (client) => {
    const { Body } = await client.send(command, { abortSignal: signal });
    (Body as Readable).destroy();
    throw notS3();
  });
}
