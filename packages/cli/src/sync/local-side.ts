import { readdir, readFile, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Hash, hashOf } from "../files/hash.js";
import { localPlace, writeLocal } from "../files/local.js";
import type { Ignored } from "./ignored.js";

/** Files of the local folder. Symbolic links are neither followed nor replaced. */
export class LocalSide {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Returns the contents' hashes by relative path. */
  async scan(ignored: Ignored): Promise<Map<string, Hash>> {
    const found = new Map<string, Hash>();
    const below = async (prefix: string): Promise<void> => {
      for (const entry of await readdir(join(this.#folder, prefix), { withFileTypes: true })) {
        const path = `${prefix}${entry.name}`;
        if (ignored(entry.isDirectory() ? `${path}/` : path)) continue;
        if (entry.isDirectory()) await below(`${path}/`);
        if (!entry.isFile()) continue;
        const data = await this.read(path);
        if (data) found.set(path, hashOf(data));
      }
    };
    await below("");
    return found;
  }

  /** Reads a file; `undefined` if there is none. */
  async read(path: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(localPlace(this.#folder, path));
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw error;
    }
  }

  /**
   * Writes a file if it still has the expected content.
   * @param expected `undefined` for a file that must not exist.
   * @returns False if it was changed meanwhile.
   */
  async write(path: string, data: Uint8Array, expected: Hash | undefined): Promise<boolean> {
    if (!(await this.#has(path, expected))) return false;
    await writeLocal(this.#folder, localPlace(this.#folder, path), data);
    return true;
  }

  /** Deletes a file if it still has the expected content, and the directories that it leaves empty. */
  async remove(path: string, expected: Hash): Promise<boolean> {
    if (!(await this.#has(path, expected))) return false;
    await rm(localPlace(this.#folder, path));
    for (let parent = dirname(path); parent !== "."; parent = dirname(parent)) {
      const isEmpty = await rmdir(join(this.#folder, parent)).then(
        () => true,
        () => false,
      );
      if (!isEmpty) break;
    }
    return true;
  }

  async #has(path: string, expected: Hash | undefined): Promise<boolean> {
    const data = await this.read(path);
    return (data && hashOf(data)) === expected;
  }
}

const isAbsence = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
