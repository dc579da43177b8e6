import { connect, type Pool } from "./connect.js";
import { type ConnectionSettings, describeDatabase } from "./connection-settings.js";

/** Number of pools per database and process that is plausible; more cause a warning. */
const POOLS_EXPECTED = 9;

/** Lease of a shared pool. */
export interface Lease {
  readonly pool: Pool;
  /** Releases the lease. The last release ends the pool. Idempotent. */
  release(): Promise<void>;
}

interface SharedPool {
  readonly pool: Pool;
  leases: number;
}

/** Shareable pools by their settings. */
const shared = new Map<string, SharedPool>();

/** Number of open pools by database, and the databases for which a warning was emitted. */
const open = new Map<string, number>();
const warned = new Set<string>();

/**
 * Leases the pool with these settings, or a new one.
 * @throws RemoteBackendError `invalid-options`
 */
export function leasePool(settings: ConnectionSettings): Lease {
  const key = settings.sharePool ? keyOf(settings) : undefined;
  const found = key === undefined ? undefined : shared.get(key);
  const one = found ?? { pool: openPool(settings), leases: 0 };
  if (key !== undefined) shared.set(key, one);
  one.leases++;
  let isReleased = false;
  return {
    pool: one.pool,
    async release() {
      if (isReleased) return;
      isReleased = true;
      one.leases--;
      if (one.leases > 0) return;
      if (key !== undefined) shared.delete(key);
      count(describeDatabase(settings), -1);
      await one.pool.sql.end({ timeout: 0 });
      one.pool.sockets.end();
    },
  };
}

function openPool(settings: ConnectionSettings): Pool {
  const pool = connect(settings);
  const name = describeDatabase(settings);
  if (count(name, 1) > POOLS_EXPECTED && !warned.has(name)) {
    warned.add(name);
    process.emitWarning(
      `This process has ${POOLS_EXPECTED + 1} pools of connections to the ${name}. Construct one PostgresBackend and use its withNamespace(), pass one function as 'password', or close() what is no longer used.`,
      { type: "DeepAgentsRemoteWarning", code: "DEEPAGENTS_REMOTE_MANY_POOLS" },
    );
  }
  return pool;
}

function count(name: string, by: number): number {
  const now = (open.get(name) ?? 0) + by;
  if (now > 0) open.set(name, now);
  else open.delete(name);
  return now;
}

let functions = 0;
/** Numbers for `password` functions, which are compared by identity because they may return different passwords. */
const functionNumbers = new WeakMap<object, number>();

function keyOf(settings: ConnectionSettings): string {
  return JSON.stringify(settings, (_, value) => {
    if (typeof value !== "function") return value;
    if (!functionNumbers.has(value)) functionNumbers.set(value, ++functions);
    return { function: functionNumbers.get(value) };
  });
}
