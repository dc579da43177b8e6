import { readFile } from "node:fs/promises";
import { join } from "node:path";
import ignore from "ignore";
import { TEMPORARY } from "../files/local.js";
import { STATE_FILE } from "./state.js";

/** Name of a file in the local folder with patterns as in `.gitignore`. */
export const IGNORE_FILE = ".deepagentsignore";

/** Decides about a relative path; a directory's ends in a slash. */
export type Ignored = (path: string) => boolean;

/** Reads the patterns of files that `sync` leaves alone on both sides. */
export async function readIgnored(folder: string, more: readonly string[]): Promise<Ignored> {
  const text = await readFile(join(folder, IGNORE_FILE), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const patterns = ignore({ ignorecase: false })
    .add(text)
    .add([...more])
    .add([`/${STATE_FILE}`, `*${TEMPORARY}`, ".git/"]);
  return (path) => ignore.isPathValid(path) && patterns.ignores(path);
}
