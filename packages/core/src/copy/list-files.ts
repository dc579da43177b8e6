import { parsePath } from "../protocol/path.js";
import type { BackendProtocolV2, FileInfo } from "../protocol/protocol.js";
import { compareCodePoints } from "../text/order.js";

/** A file of the source, or what stands in the place of files that could not be found out. */
export interface Listed {
  /** Absolute; a directory's ends in `/`. */
  readonly path: string;
  /** Bytes of the content, else those stored, as far as the source tells. */
  readonly size?: number | undefined;
  /** The file of that path in the target; `undefined`: there is none, `unknown`: it has to be looked at. */
  readonly there?: FileInfo | "unknown" | undefined;
  /** Why it cannot be copied. */
  readonly error?: string;
}

type Listing = ReadonlyMap<string, FileInfo>;

/**
 * Lists what is at a path, and what the target has of it, in code-point order. Directory by directory, because a
 * glob ends at 10,000 files.
 * @param path A file or a directory; with a trailing slash, only the directory.
 * @throws RemoteBackendError `invalid-path` for a path that is refused.
 */
export async function* listFiles(
  from: BackendProtocolV2,
  to: BackendProtocolV2,
  path: string,
): AsyncGenerator<Listed> {
  const { relative, directory } = parsePath(path);
  if (relative === "") return yield* below({ from, to, seen: new Set() }, "/");
  const parent = `/${relative.slice(0, relative.lastIndexOf("/") + 1)}`;
  const wanted = [...(directory ? [] : [`/${relative}`]), `/${relative}/`];
  let isEmpty = true;
  for await (const listed of below({ from, to, seen: new Set() }, parent, wanted)) {
    isEmpty = false;
    yield listed;
  }
  if (isEmpty) yield { path, error: "There is nothing at this path." };
}

interface Walk {
  readonly from: BackendProtocolV2;
  /** `undefined` below a directory that the target does not have. */
  readonly to: BackendProtocolV2 | undefined;
  /** Directories that were listed: CompositeBackend shows one that is mounted inside another backend's twice. */
  readonly seen: Set<string>;
}

async function* below(walk: Walk, directory: string, wanted?: readonly string[]): AsyncGenerator<Listed> {
  const { from, to, seen } = walk;
  if (seen.has(directory)) return;
  seen.add(directory);
  const [listing, target] = await Promise.all([list(from, directory), to && list(to, directory)]);
  if (listing instanceof Error) return yield { path: directory, error: listing.message };
  const there = target instanceof Error ? "unknown" : target;
  for (const [path, entry] of listing) {
    if (wanted && !wanted.includes(path)) continue;
    if (isDirectory(entry)) {
      const isThere = there === "unknown" || there?.has(path);
      yield* below({ ...walk, to: isThere ? to : undefined }, path);
    } else if (isExact(path)) {
      yield {
        path,
        size: entry.size ?? entry.stored_size,
        there: there === "unknown" ? there : there?.get(path),
      };
    } else {
      yield { path, error: "This is not a path that names the same file everywhere." };
    }
  }
}

/** The children of a directory by path, in order; those of others are not believed. */
async function list(backend: BackendProtocolV2, directory: string): Promise<Listing | Error> {
  try {
    const { files, error } = await backend.ls(directory);
    if (!files) return new Error(error ?? "The directory could not be listed.");
    const children = files
      .map((entry): [string, FileInfo] => [
        isDirectory(entry) ? entry.path.replace(/\/?$/, "/") : entry.path,
        entry,
      ])
      .filter(([path]) => path.startsWith(directory));
    return new Map(children.sort(([a], [b]) => compareCodePoints(a, b)));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const isDirectory = ({ path, is_dir = path.endsWith("/") }: FileInfo): boolean => is_dir;

/** Other backends may hold `/a//b`, which is `/a/b` here. */
function isExact(path: string): boolean {
  try {
    return `/${parsePath(path).relative}` === path;
  } catch {
    return false;
  }
}
