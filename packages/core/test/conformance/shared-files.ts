import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConformanceOptions } from "../../src/conformance/index.js";

/** Files of a folder that several processes share: see fixtures/shared-files.mjs. */
export interface SharedFiles {
  /**
   * @param without What is left out, so that the files are not safe to share.
   * @param mode How existing files are written.
   */
  options(without?: string, mode?: "create" | "guarded"): Promise<ConformanceOptions>;
  remove(): Promise<void>;
}

export async function sharedFiles(): Promise<SharedFiles> {
  const root = await mkdtemp(join(tmpdir(), "conformance-"));
  return {
    async options(without = "", mode = "create") {
      const module = new URL("./fixtures/shared-files.mjs", import.meta.url);
      module.search = String(new URLSearchParams({ root, mode, defect: without }));
      const { create } = await import(module.href);
      const guarded = mode === "guarded";
      const capabilities = {
        ownRoot: true,
        createOnly: !guarded,
        guarded,
        atomic: true,
        atomicDelete: true,
      };
      return { name: "files of a folder", create, module, capabilities, timeoutMs: 600_000 };
    },
    remove: () => rm(root, { recursive: true }),
  };
}
