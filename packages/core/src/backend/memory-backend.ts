import { MemoryFileStore } from "../store/memory-file-store.js";
import type { RemoteBackendOptions } from "./options.js";
import { RemoteBackend } from "./remote-backend.js";

/**
 * In-memory backend for unit tests of agents and tools, with exactly the semantics of the remote backends. Its files
 * are lost when the process ends.
 */
export class MemoryBackend extends RemoteBackend {
  /** @param options See `RemoteBackendOptions`. */
  constructor(options: RemoteBackendOptions = {}) {
    super(new MemoryFileStore({ history: Boolean(options?.history) }), options);
  }
}
