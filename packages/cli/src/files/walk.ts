import type { BackendProtocolV2, FileInfo } from "@deepagents-remote/core";
import { CommandError, succeeded } from "../support/exit.js";
import { byCodePoints } from "./order.js";

/** True for an entry of a directory. */
export const isDirectory = ({ path, is_dir = path.endsWith("/") }: FileInfo): boolean => is_dir;

/** Returns an absolute path for a path of the command line, which may lack its leading slash. */
export const absolute = (path: string): string => (path.startsWith("/") ? path : `/${path}`);

/** Returns the path of a directory, which ends in a slash. */
export const directory = (path: string): string => absolute(path).replace(/\/*$/, "/");

/** Returns the last segment of a path, without a trailing slash. */
export const baseName = (path: string): string => path.replace(/\/+$/, "").replace(/.*\//s, "");

/**
 * Lists the children of a directory by path, in code-point order.
 * @throws CommandError
 */
export async function list(backend: BackendProtocolV2, path: string): Promise<FileInfo[]> {
  const parent = directory(path);
  const { files = [] } = succeeded(await backend.ls(parent));
  return files
    .map((file) => (isDirectory(file) ? { ...file, path: directory(file.path), is_dir: true } : file))
    .filter((file) => file.path.startsWith(parent) && file.path !== parent)
    .sort((a, b) => byCodePoints(a.path, b.path));
}

/**
 * Lists all files below a directory, in code-point order within each directory.
 * @throws CommandError
 */
export async function* walk(backend: BackendProtocolV2, path: string): AsyncGenerator<FileInfo> {
  const seen = new Set<string>();
  // A CompositeBackend lists a mount inside another backend twice.
  async function* below(parent: string): AsyncGenerator<FileInfo> {
    if (seen.has(parent)) return;
    seen.add(parent);
    for (const entry of await list(backend, parent)) {
      if (isDirectory(entry)) yield* below(entry.path);
      else yield entry;
    }
  }
  yield* below(directory(path));
}

/** Entries at a path: a file, a directory, or both. */
export interface Located {
  readonly file?: FileInfo;
  readonly directory?: FileInfo;
}

/**
 * Looks for a path.
 * @throws CommandError `missing` if there is neither a file nor a directory.
 */
export async function locate(backend: BackendProtocolV2, path: string): Promise<Located> {
  const wanted = directory(path);
  if (wanted === "/") return { directory: { path: "/", is_dir: true } };
  const siblings = await list(backend, wanted.replace(/[^/]+\/$/, ""));
  const file = path.endsWith("/") ? undefined : siblings.find((entry) => `${entry.path}/` === wanted);
  const found = siblings.find((entry) => entry.path === wanted);
  if (!file && !found) throw new CommandError("missing", `There is no file or directory ${absolute(path)}.`);
  return { ...(file && { file }), ...(found && { directory: found }) };
}

/**
 * Lists the file at a path, or all files below the directory there.
 * @throws CommandError `missing`
 */
export async function filesAt(backend: BackendProtocolV2, path: string): Promise<FileInfo[]> {
  const found = await locate(backend, path);
  const files = found.file ? [found.file] : [];
  if (found.directory) for await (const file of walk(backend, found.directory.path)) files.push(file);
  return files;
}

/** Characters that make a pattern of an operand. */
const PATTERN = /[*?[{]/;

/**
 * Returns the paths that an operand means: itself, or the files that match it, if no file has its name.
 * @throws CommandError `missing` if nothing matches.
 */
export async function expand(backend: BackendProtocolV2, operand: string): Promise<string[]> {
  const path = absolute(operand);
  if (!PATTERN.test(path)) return [path];
  if (await exists(backend, path)) return [path];
  const { files = [], truncated } = succeeded(await backend.glob(path.slice(1), "/"));
  if (truncated) throw new CommandError("usage", `${operand} matches too many files.`);
  if (files.length > 0) return files.map((file) => absolute(file.path));
  throw new CommandError("missing", `No file matches ${operand}.`);
}

/** True if there is a file or directory. */
export async function exists(backend: BackendProtocolV2, path: string): Promise<boolean> {
  try {
    await locate(backend, path);
    return true;
  } catch (error) {
    if (error instanceof CommandError && error.message.startsWith("There is no file")) return false;
    throw error;
  }
}
