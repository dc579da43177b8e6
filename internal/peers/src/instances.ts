import type { BackendProtocolV2 } from "@deepagents-remote/core";
import type { BackendFixture } from "@deepagents-remote/core/conformance";

/**
 * Creates a fixture that closes its backends.
 * @param make Creates a backend on the shared storage.
 */
export function instancesOf(make: () => BackendProtocolV2 & { close(): Promise<void> }): BackendFixture {
  const made: ReturnType<typeof make>[] = [];
  const open = () => {
    made.push(make());
    return made.at(-1)!;
  };
  return {
    backend: open(),
    open,
    async close() {
      await Promise.all(made.map((backend) => backend.close()));
    },
  };
}
