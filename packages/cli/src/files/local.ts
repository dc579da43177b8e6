import { randomBytes } from "node:crypto";
import { lstat, mkdir, open, realpath, rename, rm } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { CommandError } from "../support/exit.js";

/**
 * Returns the place of a workspace's file in a local folder.
 * @param path Relative path of the workspace. Agents choose it, so it may try to leave the folder.
 * @throws CommandError `usage` for a name that means something else in this file system.
 */
export function localPlace(folder: string, path: string): string {
  const segments = path.split("/");
  const isPlain = (name: string) => name !== "" && name !== "." && name !== ".." && !name.includes("\0");
  const isForeign = (name: string) => sep === "\\" && /[\\:*?"<>|]|[ .]$/.test(name);
  if (segments.every((name) => isPlain(name) && !isForeign(name))) return join(folder, ...segments);
  throw new CommandError("usage", `'${path}' cannot be the name of a local file.`);
}

/**
 * Writes a local file in one step, so that a crash leaves the old or the new one, and creates its directories.
 * @param folder Directory that the file must stay in, also where links lead.
 */
export async function writeLocal(folder: string, place: string, data: Uint8Array): Promise<void> {
  await mkdir(dirname(place), { recursive: true });
  await refuseEscape(folder, place);
  const temporary = `${place}.${randomBytes(6).toString("hex")}${TEMPORARY}`;
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, place);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** End of the names of unfinished files. */
export const TEMPORARY = ".deepagents-tmp";

async function refuseEscape(folder: string, place: string): Promise<void> {
  const inside = relative(await realpath(folder), await realpath(dirname(place)));
  const isLink = await lstat(place).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
  if (isLink || inside === ".." || inside.startsWith(`..${sep}`)) {
    throw new CommandError("usage", `${place} is or lies behind a symbolic link; nothing was written.`);
  }
}
