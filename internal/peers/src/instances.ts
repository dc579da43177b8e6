import type { BackendProtocol } from "@deepagents-remote/core";
import type { Host } from "@deepagents-remote/core/conformance";

/** A host of backends that are closed with it. @param make makes one, on the storage of all. */
export function instancesOf(make: () => BackendProtocol & { close(): Promise<void> }): Host {
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
