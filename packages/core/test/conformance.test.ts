import { MemoryBackend } from "../src/backend/memory-backend.js";
import { RemoteBackend } from "../src/backend/remote-backend.js";
import { defineBackendTests } from "../src/conformance/jest.js";
import { MemoryFileStore } from "../src/store/memory-file-store.js";

const capabilities = { ownRoot: true, namespaces: true };

defineBackendTests({
  name: "MemoryBackend",
  timeoutMs: 600_000,
  create: () => new MemoryBackend(),
  capabilities,
});

// Namespaces of one store, and several instances on each: what a service sees.
const store = new MemoryFileStore();
defineBackendTests({
  name: "RemoteBackend over a shared store",
  timeoutMs: 600_000,
  create: ({ namespace }) => {
    const open = () => new RemoteBackend(store, { namespace: ["acme", ...namespace] });
    return { backend: open(), open };
  },
  capabilities,
});

// One root for all cases, which keep to their own directories in it.
const shared = new MemoryBackend({ writeMode: "overwrite" });
defineBackendTests({
  name: "MemoryBackend in overwrite mode with one root",
  timeoutMs: 600_000,
  create: () => shared,
});
