import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "@jest/globals";

const run = promisify(execFile);

/** Most memory that each operation may hold, as a multiple of the file. While text passed as strings, many held more. */
const BOUNDS: Readonly<Record<string, number>> = {
  write: 3,
  uploadFiles: 3,
  downloadFiles: 2.5,
  readRaw: 3.5,
  "read of a window": 2.5,
  grep: 3.5,
  copyFiles: 3.6,
  "edit of one place": 3.3,
  "edit of all lines": 3.3,
};

/**
 * Defines tests of the memory that operations hold for a large text with characters beyond Latin-1.
 * @param fixture Program that opens a backend with the options in its first argument, and calls `measureLiveMemory`.
 * @param options Makes the options.
 */
export function liveMemoryTests(fixture: string, options: () => object): void {
  const measure = async (operation: string) => {
    const parameters = ["--expose-gc", fixture, JSON.stringify(options()), operation];
    const { stdout } = await run(process.execPath, parameters);
    return JSON.parse(stdout) as { multiple: number; error?: string };
  };

  describe("memory used by an operation on a large text", () => {
    beforeAll(async () => {
      expect(await measure("uploadFiles")).not.toHaveProperty("error");
    });

    it.each(Object.entries(BOUNDS))("is a small multiple of the file: %s", async (operation, bound) => {
      const { multiple, error } = await measure(operation);
      expect(error).toBeUndefined();
      expect(multiple).toBeLessThan(bound);
    });
  });
}
