import { MemoryBackend } from "../src/backend/memory-backend.js";
import { RemoteBackend } from "../src/backend/remote-backend.js";
import { defineBackendTests } from "../src/conformance/jest.js";
import type { Author } from "../src/index.js";
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

defineBackendTests({
  name: "RemoteBackend with guarded writes",
  timeoutMs: 600_000,
  create: ({ namespace }) => {
    const open = () =>
      new RemoteBackend(store, { namespace: ["guarded", ...namespace], writeMode: "guarded" });
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

defineBackendTests({
  name: "MemoryBackend with a history",
  timeoutMs: 600_000,
  create: () => {
    let author: Author | undefined;
    const backend = new MemoryBackend({ history: { by: () => author } });
    const setAuthor = (by: Author | undefined) => {
      author = by;
    };
    return { backend, setAuthor };
  },
  capabilities: { ownRoot: true },
});

// One storage with a history, in overwrite mode.
const recorded = new MemoryFileStore({ history: true });
let author: Author | undefined;
defineBackendTests({
  name: "RemoteBackend in overwrite mode over a shared store with a history",
  timeoutMs: 600_000,
  create: ({ namespace }) => {
    const options = { writeMode: "overwrite", history: { by: () => author } } as const;
    const open = () => new RemoteBackend(recorded, { ...options, namespace });
    const setAuthor = (by: Author | undefined) => {
      author = by;
    };
    return { backend: open(), open, setAuthor };
  },
  capabilities,
  only: ["history/"],
});
