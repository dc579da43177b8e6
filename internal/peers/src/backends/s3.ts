import { s3Address } from "@deepagents-internal/servers";
import { deleteBucket } from "@deepagents-internal/testing/s3-bucket";
import { S3Proxy } from "@deepagents-internal/testing/s3-proxy";
import { S3Backend } from "@deepagents-remote/backend-s3";
import { bucketName, createBucket, createClient } from "../buckets.js";
import { installed } from "../installed.js";
import { instancesOf } from "../instances.js";
import { storeOutages } from "../outages.js";
import { shared } from "../shared.js";
import type { PeerSubject } from "../subject.js";

const service = shared(async () => {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3Address();
  const [client, bucket] = [createClient(), bucketName("ours")];
  const proxy = await S3Proxy.start(endpoint);
  await createBucket(client, bucket);
  return {
    proxy,
    options: { bucket, endpointUrl: proxy.endpointUrl, region, accessKeyId, secretAccessKey },
    async close() {
      await proxy.stop();
      await deleteBucket(client, bucket);
      client.destroy();
    },
  };
});

export const ourS3: PeerSubject = {
  name: "S3Backend",
  ours: true,
  ...installed("@deepagents-remote/backend-s3"),
  capabilities: { ownRoot: true, namespaces: true },
  async create({ namespace }) {
    const { proxy, options } = await service.get();
    const make = () => new S3Backend({ ...options, namespace: ["acme", ...namespace] });
    return { ...instancesOf(make), ...storeOutages(proxy) };
  },
  close: service.close,
};
