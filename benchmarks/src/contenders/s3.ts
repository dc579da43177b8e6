import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { startMinio } from "@deepagents-internal/servers";
import { S3Backend } from "@deepagents-remote/backend-s3";
import { adaptBackendProtocol } from "deepagents";
import { S3Backend as PeerS3Backend } from "deepagents-s3-backend";
import type { Contender, FileBackend } from "./contender.js";
import { rawS3 } from "./raw-s3.js";

type Minio = Awaited<ReturnType<typeof startMinio>>;

/**
 * Creates the contenders on S3; the first is ours. Each storage is a bucket of its own.
 * @param endpoint URL that the contenders use, such as that of a proxy.
 * @param label Part of the buckets' names, unique to the call.
 */
export function s3Contenders(minio: Minio, endpoint: string, label: string) {
  const { region, accessKeyId, secretAccessKey } = minio;
  const config = (url: string) => ({
    endpoint: url,
    region,
    // The SDK adds to the object that it is given.
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
  });
  const admin = new S3Client(config(minio.endpoint));
  const client = new S3Client(config(endpoint));
  const opened: S3Backend[] = [];
  const created = new Set<string>();
  const bucketOf = async (owner: string, storage: string) => {
    const Bucket = `${owner}-${storage}-${label}`;
    if (!created.has(Bucket)) await admin.send(new CreateBucketCommand({ Bucket }));
    created.add(Bucket);
    return Bucket;
  };
  const close = async () => {};
  const contenders: Contender[] = [
    {
      name: "S3Backend",
      kind: "ours",
      async open(storage) {
        const bucket = await bucketOf("ours", storage);
        const options = { bucket, endpointUrl: endpoint, region, accessKeyId, secretAccessKey };
        const backend = new S3Backend({ ...options, ...(storage === "shown" && { pathConflicts: "allow" }) });
        opened.push(backend);
        return backend;
      },
      close: async () => void (await Promise.all(opened.map((backend) => backend.close()))),
    },
    {
      name: "AWS SDK",
      kind: "raw",
      open: async (storage) => rawS3(client, await bucketOf("raw", storage)),
      close: async () => client.destroy(),
    },
    {
      name: "deepagents-s3-backend",
      kind: "peer",
      lacks: { delete: "has no delete" },
      async open(storage) {
        const bucketName = await bucketOf("peer", storage);
        const backend = new PeerS3Backend({ bucketName, s3ClientConfig: config(endpoint) });
        return adaptBackendProtocol(backend) as Partial<FileBackend>;
      },
      close,
    },
  ];
  return {
    contenders,
    async close() {
      for (const contender of contenders) await contender.close();
      admin.destroy();
    },
  };
}
