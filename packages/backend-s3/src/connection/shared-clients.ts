import type { S3Client } from "@aws-sdk/client-s3";
import { type Lease, Semaphore, SharedResources, settingsDigest } from "@deepagents-remote/core/adapter";
import { connectionRules, regionOfAccessPoint, type S3FileStoreOptions } from "../options.js";
import { connectionsOf, DEFAULT_POOL, makeClient } from "./client.js";
import type { Connections } from "./connections.js";

/** A client that is destroyed with its last lease. */
export interface SharedClient {
  readonly client: S3Client;
  /** One permit per connection of the client's pool. */
  readonly semaphore: Semaphore;
  /** Connections of the client. */
  readonly connections: Connections;
  close(): void;
}

const clients = new SharedResources<SharedClient>();

/**
 * Leases the client with these settings, or a new one.
 * @throws RemoteBackendError `invalid-options`
 */
export function leaseClient(options: S3FileStoreOptions): Lease<SharedClient> {
  const digest = options.shareClient === false ? undefined : connectionDigest(options);
  return clients.lease(digest, () => openClient(options));
}

function openClient(options: S3FileStoreOptions): SharedClient {
  const connections = connectionsOf(options);
  const client = makeClient(options, connections);
  return {
    client,
    semaphore: new Semaphore(options.maxPoolConnections ?? DEFAULT_POOL),
    connections,
    close: () => client.destroy(),
  };
}

/** Computes a digest of all connection settings, including those in the environment. */
function connectionDigest(options: S3FileStoreOptions): string | undefined {
  const names = Object.keys(connectionRules) as (keyof S3FileStoreOptions)[];
  return settingsDigest([
    ...names.map((name) => options[name] ?? null),
    regionOfAccessPoint(options.bucket) ?? null,
    ...Object.entries(process.env).filter(([name]) => name.startsWith("AWS_")),
  ]);
}
