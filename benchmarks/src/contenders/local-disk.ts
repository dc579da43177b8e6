import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FilesystemBackend } from "deepagents";
import type { Contender, FileBackend } from "./contender.js";

/** deepagents' backend on local files: durable on one machine only, and without a network. */
export async function localDisk(): Promise<Contender> {
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  return {
    name: "FilesystemBackend (local disk)",
    kind: "peer",
    lacks: { delete: "has no delete" },
    open: async (storage) =>
      new FilesystemBackend({ rootDir: join(folder, storage), virtualMode: true }) as Partial<FileBackend>,
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
