/** Compares our backends with those of others that store the same files: `npm run bench peers` in the root. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { createDatabase, startMinio, startPostgres } from "@deepagents-internal/servers";
import { S3Proxy } from "@deepagents-internal/testing/s3-proxy";
import { PostgresBackend } from "@deepagents-remote/backend-postgres";
import { S3Backend } from "@deepagents-remote/backend-s3";
import { PostgresStore } from "@langchain/langgraph-checkpoint-postgres/store";
import { adaptBackendProtocol, FilesystemBackend, StoreBackend } from "deepagents";
import { S3Backend as PeerS3Backend } from "deepagents-s3-backend";
import type { Measured } from "../compare.js";
import { compareAgents } from "./agents.js";
import type { Contender, FileBackend } from "./contender.js";
import { corpus } from "./corpus.js";
import { compareTasks } from "./tasks.js";

/** Runs all comparisons with others. */
export async function measurePeers(): Promise<Measured[]> {
  return [...(await onPostgres()), ...(await onS3())];
}

async function onPostgres(): Promise<Measured[]> {
  const server = await startPostgres({ log: console.log });
  const [database, other] = [await createDatabase(server.url), await createDatabase(server.url)];
  const store = PostgresStore.fromConnString(other.url);
  await store.setup();
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  const opened: PostgresBackend[] = [];
  const ours: Contender = {
    name: "PostgresBackend",
    async open(storage) {
      const backend = new PostgresBackend({ url: database.url, namespace: [storage] });
      opened.push(backend);
      return backend;
    },
  };
  const peer: Contender = {
    name: "StoreBackend",
    open: async (storage) => new StoreBackend({ store, namespace: [storage] }) as FileBackend,
  };
  const disk: Contender = {
    name: "FilesystemBackend (local disk)",
    open: async (storage) =>
      new FilesystemBackend({ rootDir: join(folder, storage), virtualMode: true }) as FileBackend,
  };
  try {
    return [
      ...(await compareTasks("PostgreSQL", [ours, peer, disk], corpus(2_000))),
      ...(await compareAgents("PostgreSQL", [ours, peer], corpus(200), [1, 10, 50, 200])),
    ];
  } finally {
    await Promise.all(opened.map((backend) => backend.close()));
    await store.stop();
    await rm(folder, { recursive: true, force: true });
    await Promise.all([database.drop(), other.drop()]);
    await server.stop();
  }
}

/** Round trips to S3 on the network of one region, and across regions, in milliseconds. */
const LATENCIES = [0, 10, 40];

async function onS3(): Promise<Measured[]> {
  const server = await startMinio({ log: console.log });
  const { endpoint, region, accessKeyId, secretAccessKey } = server;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, credentials: { ...credentials }, forcePathStyle: true });
  const opened: S3Backend[] = [];
  try {
    const table: Measured[] = [];
    for (const ms of LATENCIES) table.push(...(await throughLatency(ms)));
    return table;
  } finally {
    await Promise.all(opened.map((backend) => backend.close()));
    client.destroy();
    await server.stop();
  }

  async function throughLatency(ms: number): Promise<Measured[]> {
    const proxy = await S3Proxy.start(endpoint);
    proxy.intercept = async (_, forward) => {
      // The proxy keeps every request with its body.
      proxy.asked.length = 0;
      await new Promise((resolve) => setTimeout(resolve, ms));
      return forward();
    };
    const endpointUrl = ms > 0 ? proxy.endpointUrl : endpoint;
    const bucketOf = async (name: string) => {
      const Bucket = `${name}-${ms}`;
      await client.send(new CreateBucketCommand({ Bucket }));
      return Bucket;
    };
    const ours: Contender = {
      name: "S3Backend",
      async open(storage) {
        const bucket = await bucketOf(`ours-${storage}`);
        const backend = new S3Backend({ bucket, endpointUrl, region, ...credentials });
        opened.push(backend);
        return backend;
      },
    };
    const peer: Contender = {
      name: "deepagents-s3-backend",
      async open(storage) {
        const bucketName = await bucketOf(`peer-${storage}`);
        const s3ClientConfig = {
          endpoint: endpointUrl,
          region,
          credentials: { ...credentials },
          forcePathStyle: true,
        };
        return adaptBackendProtocol(new PeerS3Backend({ bucketName, s3ClientConfig })) as FileBackend;
      },
    };
    try {
      return await compareTasks(`S3 at ${ms} ms`, [ours, peer], corpus(ms === 0 ? 1_000 : 200));
    } finally {
      await proxy.stop();
    }
  }
}
