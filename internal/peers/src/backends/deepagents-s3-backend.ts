import { s3Address } from "@deepagents-internal/servers";
import { deleteBucket } from "@deepagents-internal/testing/s3-bucket";
import { S3Proxy } from "@deepagents-internal/testing/s3-proxy";
import { adaptBackendProtocol } from "deepagents";
import { S3Backend } from "deepagents-s3-backend";
import { bucketName, createBucket, createClient } from "../buckets.js";
import { installed } from "../installed.js";
import { storeOutages } from "../outages.js";
import { shared } from "../shared.js";
import type { PeerSubject } from "../subject.js";

const service = shared(async () => {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3Address();
  const [client, proxy] = [createClient(), await S3Proxy.start(endpoint)];
  return {
    client,
    proxy,
    config: {
      endpoint: proxy.endpointUrl,
      region,
      credentials: { accessKeyId, secretAccessKey },
      forcePathStyle: true,
    },
    async close() {
      client.destroy();
      await proxy.stop();
    },
  };
});

export const deepagentsS3Backend: PeerSubject = {
  name: "deepagents-s3-backend",
  ...installed("deepagents-s3-backend"),
  // `write` says that it creates a new file; sizes are those of the objects.
  capabilities: { ownRoot: true, createOnly: true, exactSizes: true, byteFidelity: true },
  trial: { capabilities: { atomic: true }, only: ["races/edit/no-update-is-lost"] },
  // One bucket per case: with a `rootPrefix` the backend returns paths that it does not find itself.
  async create({ name }) {
    const { client, proxy, config: s3ClientConfig } = await service.get();
    const bucket = bucketName(name);
    await createBucket(client, bucket);
    // The backend implements the first version of the protocol. deepagents uses it through this adapter.
    const open = () => adaptBackendProtocol(new S3Backend({ bucketName: bucket, s3ClientConfig }));
    return { backend: open(), open, close: () => deleteBucket(client, bucket), ...storeOutages(proxy) };
  },
  close: service.close,
};
