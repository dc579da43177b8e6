import {
  type DeleteObjectsCommandOutput,
  type ListObjectsV2CommandOutput,
  type ListObjectVersionsCommandOutput,
  S3Client,
} from "@aws-sdk/client-s3";
import type { TestBucket } from "./bucket.js";

/** Character that replaces `/` in the store. */
const SEPARATOR = "|";

const inStore = (text: string) => text.replaceAll("/", SEPARATOR);
const fromStore = (text: string) => text.replaceAll(SEPARATOR, "/").replaceAll("%7C", "/");

/**
 * A client that makes MinIO what AWS is: a store to which `/` is a character as any other, so that it shows a file
 * and a directory of one name both. Names with `|` do not work, and those with characters before `/` are out of order
 * in listings of more than one page.
 */
export function flatStoreClient({ connection }: TestBucket): S3Client {
  const { endpointUrl: endpoint, region, accessKeyId, secretAccessKey } = connection;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  client.middlewareStack.add(
    (next) => async (args) => {
      const input = { ...args.input } as Record<string, unknown>;
      for (const name of ["Key", "Prefix", "Delimiter", "StartAfter", "KeyMarker"]) {
        if (typeof input[name] === "string") input[name] = inStore(input[name]);
      }
      if (typeof input.CopySource === "string") {
        const [name, ...key] = input.CopySource.split("/");
        input.CopySource = `${name}/${encodeURIComponent(inStore(key.join("/")))}`;
      }
      const { Objects } = (input.Delete ?? {}) as { Objects?: { Key: string }[] };
      if (Objects) input.Delete = { Objects: Objects.map((each) => ({ ...each, Key: inStore(each.Key) })) };
      const answer = await next({ ...args, input: input as typeof args.input });
      const output = answer.output as Partial<
        ListObjectsV2CommandOutput & DeleteObjectsCommandOutput & ListObjectVersionsCommandOutput
      >;
      const { Contents = [], Deleted = [], Versions = [], DeleteMarkers = [] } = output;
      if (output.NextKeyMarker) output.NextKeyMarker = fromStore(output.NextKeyMarker);
      for (const entry of [...Contents, ...Deleted, ...Versions, ...DeleteMarkers]) {
        if (entry.Key) entry.Key = fromStore(entry.Key);
      }
      for (const entry of output.CommonPrefixes ?? []) entry.Prefix = fromStore(entry.Prefix!);
      return answer;
    },
    { step: "initialize", name: "flatStore" },
  );
  return client;
}
