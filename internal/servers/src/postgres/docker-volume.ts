import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PostgreSqlContainer, StartedPostgreSqlContainer } from "@testcontainers/postgresql";
import { type RunningContainer, removeNow } from "../docker/container.js";
import type { Home } from "../homes/home.js";
import { addUser, countUsers } from "../homes/users.js";
import { tryLock, withLock } from "../os/lock.js";
import { persistentHome } from "./persistent.js";

/** Pulling an image is part of it. */
const LOCK_MS = 5 * 60_000;

/** What the home says of data that a Docker volume holds. */
export interface VolumeNote {
  image: string;
  volume: string;
}

/** The volume that holds the data of this home, or undefined when none does. */
export function readVolumeNote(home: Home): VolumeNote | undefined {
  try {
    return JSON.parse(readFileSync(noteFile(home), "utf8")) as VolumeNote;
  } catch {
    return undefined;
  }
}

/**
 * A container whose data stays, in a volume of Docker: a folder of the host would end up owned by the user
 * that the image has for the server. All processes with this home share one container, for two servers in two
 * containers would not notice each other on the same files. The last to leave removes the container.
 */
export async function openVolume(
  image: string,
  dataDirectory: string,
  build: (set: (it: PostgreSqlContainer) => PostgreSqlContainer) => Promise<PostgreSqlContainer>,
): Promise<RunningContainer<StartedPostgreSqlContainer>> {
  const home = persistentHome(dataDirectory);
  const lock = join(home.path, "lock");
  const volume = volumeName(home);
  checkImage(home, image);
  return withLock(lock, LOCK_MS, async () => {
    const container = await (await build((it) => onVolume(it, volume))).start();
    writeFileSync(noteFile(home), `${JSON.stringify({ image, volume } satisfies VolumeNote, null, 2)}\n`);
    const leave = addUser(home);
    return {
      container,
      note: `data in the Docker volume ${volume}`,
      stop: () =>
        withLock(lock, LOCK_MS, async () => {
          leave();
          if (countUsers(home) === 0) await container.stop();
        }),
      stopNow() {
        leave();
        const release = tryLock(lock);
        if (!release) return;
        if (countUsers(home) === 0) removeNow(container);
        release();
      },
    };
  });
}

/** The label makes the container this home's own: testcontainers finds it again by what it was made of. */
function onVolume(container: PostgreSqlContainer, volume: string): PostgreSqlContainer {
  return container
    .withBindMounts([{ source: volume, target: "/deepagents" }])
    .withEnvironment({ PGDATA: "/deepagents/data" })
    .withLabels({ "deepagents-remote.volume": volume })
    .withReuse();
}

function checkImage(home: Home, image: string): void {
  const made = readVolumeNote(home);
  if (!made || made.image === image) return;
  throw new Error(
    `the data of ${home.path} are in the Docker volume ${made.volume}, made by ${made.image}, not by ${image}. ` +
      `Set POSTGRES_IMAGE=${made.image}, or delete that volume and ${home.path} to start afresh.`,
  );
}

function volumeName(home: Home): string {
  return `deepagents-remote-${createHash("sha256").update(home.path).digest("hex").slice(0, 12)}`;
}

function noteFile(home: Home): string {
  return join(home.path, "docker.json");
}
