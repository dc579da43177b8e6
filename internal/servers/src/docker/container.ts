import { spawnSync } from "node:child_process";
import type { StartedTestContainer } from "testcontainers";

/** A container that runs, and how to leave it. */
export interface RunningContainer<Container extends StartedTestContainer = StartedTestContainer> {
  container: Container;
  note: string;
  stop(): Promise<void>;
  stopNow(): void;
}

/** One whose data lasts as long as it does. */
export function temporaryContainer<Container extends StartedTestContainer>(
  container: Container,
): RunningContainer<Container> {
  return {
    container,
    note: "temporary",
    async stop() {
      await container.stop();
    },
    stopNow: () => removeNow(container),
  };
}

/** For an `exit` handler. testcontainers' own reaper removes temporary containers as well, some seconds later. */
export function removeNow(container: StartedTestContainer): void {
  spawnSync("docker", ["rm", "--force", "--volumes", container.getId()], {
    stdio: "ignore",
    timeout: 15_000,
  });
}
