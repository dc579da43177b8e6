import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Result } from "./measurement.js";

const folder = fileURLToPath(new URL("../../.results/", import.meta.url));

/** Name of a result's file. */
const fileOf = (id: string) => join(folder, `${id.replaceAll("/", "__")}.json`);

/** Forgets all results. */
export const clearResults = () => rm(folder, { recursive: true, force: true });

/** Stores the result of a finished measurement. */
export async function keepResult(result: Result): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(fileOf(result.id), `${JSON.stringify(result, null, 1)}\n`);
}

/** Reads the results of finished measurements. */
export async function readResults(): Promise<Result[]> {
  const names = await readdir(folder).catch(() => []);
  return Promise.all(
    names
      .filter((name) => name.endsWith(".json"))
      .sort()
      .map(async (name) => JSON.parse(await readFile(join(folder, name), "utf8"))),
  );
}
