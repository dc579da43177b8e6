import type { RemoteBackend, RemoteBackendOptions } from "@deepagents-remote/core";

/** Storage of a test file's own, in parts that share nothing, such as tables. */
export interface TestStorage {
  /** A backend on the part of that name, closed at the end of the file. */
  backend(part: string, options?: RemoteBackendOptions): RemoteBackend;
  /** Every file in a part, by its key there; the version is another one after each change. */
  stored(part: string): Promise<readonly { key: string; version: string }[]>;
}
