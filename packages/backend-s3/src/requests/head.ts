import type { Readable } from "node:stream";
import { GetObjectCommand, HeadObjectCommand, type HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import type { CallOptions, Key } from "@deepagents-remote/core/adapter";
import type { Bucket } from "../connection/bucket.js";
import { failureOf, notS3 } from "../connection/translate-error.js";
import { type CarriedHeaders, carriedHeaders } from "../objects/headers.js";
import { decodeMetadata } from "../objects/metadata.js";

/** What is known of an object without its body. */
export interface Head {
  readonly etag: string;
  readonly writeIds: readonly string[];
  readonly headers: CarriedHeaders;
  readonly modifiedAt: Date | undefined;
}

/** A HEAD has no body, so its 404 carries no code; the bucket is known to exist since `initialize()`. */
const expected = (error: unknown) => {
  const { status } = failureOf(error);
  if (status === 404) return "absent" as const;
  return status === 400 ? ("refused" as const) : undefined;
};

/** Looks at an object: one request; `undefined` where there is none. */
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
    modifiedAt: answer.LastModified,
  };
}

/** A GET is refused for the same reason, and told it. */
async function explain(bucket: Bucket, key: Key, { signal }: Pick<CallOptions, "signal">): Promise<never> {
  const command = new GetObjectCommand({ ...bucket.object(key), Range: "bytes=0-0" });
  return bucket.read("s3:GetObject", async (client) => {
    const { Body } = await client.send(command, { abortSignal: signal });
    (Body as Readable).destroy();
    throw notS3();
  });
}
