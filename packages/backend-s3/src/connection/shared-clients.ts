import { createHash } from "node:crypto";
import type { S3Client } from "@aws-sdk/client-s3";
import { Semaphore } from "@deepagents-remote/core/adapter";
import { connectionRules, regionOfAccessPoint, type S3FileStoreOptions } from "../options.js";
import { connectionsOf, DEFAULT_POOL, makeClient } from "./client.js";
import type { Connections } from "./connections.js";

/** Lease of a shared client. */
export interface Lease {
  readonly client: S3Client;
  /** Admits as many requests as the client's pool has connections. */
  readonly gate: Semaphore;
  /** Connections of the client. */
  readonly connections: Connections;
  /** Releases the lease. The last release destroys the client. Idempotent. */
  release(): void;
}

interface SharedClient extends Omit<Lease, "release"> {
  leases: number;
}

/** Shareable clients by a digest of their settings. */
const shared = new Map<string, SharedClient>();

/**
 * Leases the client with these settings, or a new one.
 * @throws RemoteBackendError `invalid-options`
 */
export function leaseClient(options: S3FileStoreOptions): Lease {
  const key = options.shareClient === false ? undefined : keyOf(options);
  const found = key === undefined ? undefined : shared.get(key);
  const one = found ?? openClient(options);
  if (key !== undefined) shared.set(key, one);
  one.leases++;
  let isReleased = false;
  return {
    client: one.client,
    gate: one.gate,
    connections: one.connections,
    release() {
      if (isReleased) return;
      isReleased = true;
      one.leases--;
      if (one.leases > 0) return;
      if (key !== undefined) shared.delete(key);
      one.client.destroy();
    },
  };
}

function openClient(options: S3FileStoreOptions): SharedClient {
  const connections = connectionsOf(options);
  return {
    client: makeClient(options, connections),
    gate: new Semaphore(options.maxPoolConnections ?? DEFAULT_POOL),
    connections,
    leases: 0,
  };
}

let instances = 0;
/** Numbers for functions and class instances, such as agents, which are compared by identity. */
const instanceNumbers = new WeakMap<object, number>();

function numberOf(value: object): number {
  if (!instanceNumbers.has(value)) instanceNumbers.set(value, ++instances);
  return instanceNumbers.get(value)!;
}

/**
 * Computes a digest of all connection settings, including those in the environment. A digest, so that no secrets are
 * kept.
 * @returns `undefined` for settings that cannot be compared.
 */
function keyOf(options: S3FileStoreOptions): string | undefined {
  const names = Object.keys(connectionRules) as (keyof S3FileStoreOptions)[];
  const settings = [
    ...names.map((name) => options[name] ?? null),
    regionOfAccessPoint(options.bucket) ?? null,
    ...Object.entries(process.env).filter(([name]) => name.startsWith("AWS_")),
  ];
  try {
    const text = JSON.stringify(settings, (_, value) =>
      isInstance(value) ? { instance: numberOf(value) } : value,
    );
    return createHash("sha256").update(text).digest("base64");
  } catch {
    // Circular settings.
    return undefined;
  }
}

function isInstance(value: unknown): value is object {
  if (typeof value === "function") return true;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  // A plain object may come from another realm.
  const prototype = Object.getPrototypeOf(value);
  return prototype !== null && Object.getPrototypeOf(prototype) !== null;
}
