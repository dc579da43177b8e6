import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConformanceOptions } from "../../src/conformance/index.js";

/** Files of a folder that several processes share: see fixtures/shared-files.mjs. */
export interface SharedFiles {
  /** @param without What is left out, so that the files are not safe to share. */
  options(without?: string): Promise<ConformanceOptions>;
  remove(): Promise<void>;
}

export async function sharedFiles(): Promise<SharedFiles> {
  const root = await mkdtemp(join(tmpdir(), "conformance-"));
  return {
    async options(without = "") {
      const module = new URL("./fixtures/shared-files.mjs", import.meta.url);
      module.search = String(new URLSearchParams({ root, defect: without }));
      const { create } = await import(module.href);
      const capabilities = { ownRoot: true, createOnly: true, atomic: true, atomicDelete: true };
      return { name: "files of a folder", create, module, capabilities };
    },
    remove: () => rm(root, { recursive: true }),
  };
}
