import { lock } from "proper-lockfile";

/** Age of a lock of a process that died. A live process renews its lock every few seconds, even on a busy machine. */
const STALE_MS = 30_000;

/**
 * Runs `work` while no other process that takes the lock of this folder does. Waits for as long as it takes.
 * @param onWait Called if another process holds the lock.
 */
export async function withLock<T>(folder: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  const options = { stale: STALE_MS, update: 5_000, onCompromised() {} };
  const release = await lock(folder, options).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ELOCKED") throw error;
    onWait();
    const retries = { forever: true, factor: 1, minTimeout: 200, maxTimeout: 200 };
    return lock(folder, { ...options, retries });
  });
  return work().finally(release);
}
