import { createHash } from "node:crypto";
import type { S3Client } from "@aws-sdk/client-s3";
import { connectionRules, regionOfAccessPoint, type S3FileStoreOptions } from "../options.js";
import { connectionsOf, DEFAULT_POOL, makeClient } from "./client.js";
import type { Connections } from "./connections.js";
import { Semaphore } from "./semaphore.js";

/** A share in a client. */
export interface Lease {
  readonly client: S3Client;
  /** As wide as the client's pool of connections. */
  readonly gate: Semaphore;
  /** Connections of the client. */
  readonly connections: Connections;
  /** Gives the share back; the last one destroys the client. Idempotent. */
  release(): void;
}

interface SharedClient extends Omit<Lease, "release"> {
  leases: number;
}

/** Clients that can be shared, by their settings. */
const shared = new Map<string, SharedClient>();

/**
 * Returns a share in the client with these settings, or in a new one.
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
/** Numbers of functions and of instances of classes, such as agents: each is like no other. */
const instanceNumbers = new WeakMap<object, number>();

function numberOf(value: object): number {
  if (!instanceNumbers.has(value)) instanceNumbers.set(value, ++instances);
  return instanceNumbers.get(value)!;
}

/**
 * A digest of all settings of the connection, the environment's among them, which holds no secret.
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
    // A circle.
    return undefined;
  }
}

function isInstance(value: unknown): value is object {
  if (typeof value === "function") return true;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  // A plain object may be one of another realm.
  const prototype = Object.getPrototypeOf(value);
  return prototype !== null && Object.getPrototypeOf(prototype) !== null;
}
