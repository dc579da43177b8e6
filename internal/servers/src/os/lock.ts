import { lock } from "proper-lockfile";

/** A lock that was not renewed for that long is that of a process that died. Long, since machines can be busy. */
const STALE_MS = 30_000;

/**
 * Runs `work` while no other process that takes the lock of this folder does. Waits for as long as it takes.
 * @param onWait Called if another process holds the lock.
 */
export async function withLock<T>(folder: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  const options = { stale: STALE_MS, onCompromised() {} };
  const release = await lock(folder, options).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ELOCKED") throw error;
    onWait();
    return lock(folder, {
      ...options,
      retries: { forever: true, factor: 1, minTimeout: 200, maxTimeout: 200 },
    });
  });
  return work().finally(release);
}
