import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Result } from "./measurement.js";

/** Finished measurements in a folder below `.results/`. */
export interface Results {
  /** Forgets all results. */
  clear(): Promise<void>;
  /** Stores the result of a finished measurement. */
  keep(result: Result): Promise<void>;
  read(): Promise<Result[]>;
}

/** Opens a folder of results, such as `full`. */
export function resultsIn(name: string): Results {
  const folder = fileURLToPath(new URL(`../../.results/${name}/`, import.meta.url));
  return {
    clear: () => rm(folder, { recursive: true, force: true }),
    async keep(result) {
      await mkdir(folder, { recursive: true });
      const file = join(folder, `${result.id.replaceAll("/", "__")}.json`);
      await writeFile(file, `${JSON.stringify(result, null, 1)}\n`);
    },
    async read() {
      const names = await readdir(folder).catch(() => []);
      return Promise.all(
        names
          .filter((one) => one.endsWith(".json"))
          .sort()
          .map(async (one) => JSON.parse(await readFile(join(folder, one), "utf8"))),
      );
    },
  };
}
