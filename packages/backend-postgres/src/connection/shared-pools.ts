import { type Lease, SharedResources, settingsDigest } from "@deepagents-remote/core/adapter";
import { connect, type Pool } from "./connect.js";
import { type ConnectionSettings, describeDatabase } from "./connection-settings.js";

/** Number of pools per database and process that is plausible; more cause a warning. */
const POOLS_EXPECTED = 9;

/** A pool that ends with its last lease. */
export interface SharedPool extends Pool {
  close(): Promise<void>;
}

const pools = new SharedResources<SharedPool>();

/** Number of open pools by database, and the databases for which a warning was emitted. */
const open = new Map<string, number>();
const warned = new Set<string>();

/**
 * Leases the pool with these settings, or a new one.
 * @throws RemoteBackendError `invalid-options`
 */
export function leasePool(settings: ConnectionSettings): Lease<SharedPool> {
  const digest = settings.sharePool ? settingsDigest(settings) : undefined;
  return pools.lease(digest, () => openPool(settings));
}

function openPool(settings: ConnectionSettings): SharedPool {
  const pool = connect(settings);
  const name = describeDatabase(settings);
  if (count(name, 1) > POOLS_EXPECTED && !warned.has(name)) {
    warned.add(name);
    process.emitWarning(
      `This process has ${POOLS_EXPECTED + 1} pools of connections to the ${name}. Construct one PostgresBackend and use its withNamespace(), pass one function as 'password', or close() what is no longer used.`,
      { type: "DeepAgentsRemoteWarning", code: "DEEPAGENTS_REMOTE_MANY_POOLS" },
    );
  }
  return {
    ...pool,
    async close() {
      count(name, -1);
      await pool.sql.end({ timeout: 0 });
      pool.sockets.end();
    },
  };
}

function count(name: string, by: number): number {
  const now = (open.get(name) ?? 0) + by;
  if (now > 0) open.set(name, now);
  else open.delete(name);
  return now;
}
