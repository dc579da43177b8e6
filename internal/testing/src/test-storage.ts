import type { RemoteBackend, RemoteBackendOptions } from "@deepagents-remote/core";

/** Storage of a test file, in isolated parts such as tables. */
export interface TestStorage {
  /** Creates a backend on a part, which is closed at the end of the test file. */
  backend(part: string, options?: RemoteBackendOptions): RemoteBackend;
  /** Lists the files in a part with their keys, and with versions that differ after each change. */
  stored(part: string): Promise<readonly { key: string; version: string }[]>;
}
