import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FilesystemBackend } from "deepagents";
import { installed } from "../installed.js";
import type { PeerSubject } from "../subject.js";

export const filesystem: PeerSubject = {
  name: "FilesystemBackend",
  ...installed("deepagents"),
  // Files of an operating system: their content and sizes are exact, and one name is a file or a directory.
  capabilities: {
    ownRoot: true,
    exactText: true,
    byteFidelity: true,
    exactSizes: true,
    positions: true,
    globSyntax: true,
  },
  trial: {
    capabilities: { atomic: true, strictInput: true },
    only: ["races/edit/no-update-is-lost", "host/parallel/edits-of-one-file", "write/base64/data-url"],
  },
  async create() {
    const rootDir = await mkdtemp(join(tmpdir(), "peers-"));
    const open = () => new FilesystemBackend({ rootDir, virtualMode: true });
    return { backend: open(), open, close: () => rm(rootDir, { recursive: true, force: true }) };
  },
};
