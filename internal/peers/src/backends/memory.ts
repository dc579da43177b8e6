import { RemoteBackend } from "@deepagents-remote/core";
import { MemoryFileStore } from "@deepagents-remote/core/adapter";
import { installed } from "../installed.js";
import type { PeerSubject } from "../subject.js";

// Store behind MemoryBackend, shared by namespaces and instances.
const store = new MemoryFileStore();

export const memory: PeerSubject = {
  name: "MemoryBackend",
  ours: true,
  ...installed("@deepagents-remote/core"),
  capabilities: { ownRoot: true, namespaces: true },
  create({ namespace }) {
    const open = () => new RemoteBackend(store, { namespace });
    return { backend: open(), open };
  },
};
