import { RemoteBackend } from "@deepagents-remote/core";
import { MemoryFileStore } from "@deepagents-remote/core/adapter";
import { installed } from "../installed.js";
import type { PeerSubject } from "../subject.js";

// What a MemoryBackend is made of, so that namespaces and instances have something to share.
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
