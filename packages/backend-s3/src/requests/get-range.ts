import type { Readable } from "node:stream";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { type CallOptions, joinChunks, type Key, type Version } from "@deepagents-remote/core/adapter";
import { readBody } from "../connection/body.js";
import type { Bucket } from "../connection/bucket.js";
import { failureOf } from "../connection/translate-error.js";

/** A part of an object, in bytes. */
export interface Range {
  readonly start: number;
  readonly length: number;
}

/** Maps the SDK errors for an object that is gone, has another version, or is shorter. */
const expected = (error: unknown) =>
  [404, 412, 416].includes(failureOf(error).status ?? 0) ? ("changed" as const) : undefined;

/**
 * Fetches a part of one version of an object, in one request.
 * @returns `changed` if the object has another version or is gone, or if the store returns no parts.
 * @throws RemoteBackendError
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1
 */
export function getRange(
  bucket: Bucket,
  key: Key,
  version: Version,
  { start, length }: Range,
  options: CallOptions,
): Promise<Uint8Array | "changed"> {
  const command = new GetObjectCommand({
    ...bucket.object(key),
    IfMatch: version,
    Range: `bytes=${start}-${start + length - 1}`,
  });
  return bucket.read(
    "s3:GetObject",
    async (client) => {
      const answer = await client.send(command, { abortSignal: options.signal });
      const body = answer.Body as Readable;
      const isPart = answer.ContentRange?.startsWith(`bytes ${start}-`) && answer.ETag === version;
      try {
        if (!isPart) return "changed" as const;
        const limits = { length: answer.ContentLength, maxBytes: length, silenceMs: bucket.readTimeoutMs };
        const read = async () => {
          const chunks: Uint8Array[] = [];
          for await (const chunk of readBody(body, limits, options.signal)) chunks.push(chunk);
          return joinChunks(chunks);
        };
        return await bucket.reads.run(length, options, read);
      } finally {
        body.destroy();
      }
    },
    expected,
  );
}
