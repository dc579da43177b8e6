import { parsePath } from "../protocol/path.js";
import type { BackendProtocolV2, FileInfo } from "../protocol/protocol.js";
import { compareCodePoints } from "../text/order.js";

/** File of the source, or an entry for files that could not be listed. */
export interface Listed {
  /** Absolute path; a directory's ends in `/`. */
  readonly path: string;
  /** Size of the content, or else the stored size, in bytes, if the source reports it. */
  readonly size?: number | undefined;
  /** File at that path in the target; `undefined` if there is none, `unknown` if it must be fetched. */
  readonly there?: FileInfo | "unknown" | undefined;
  /** Reason why it cannot be copied. */
  readonly error?: string;
}

type Listing = ReadonlyMap<string, FileInfo>;

/**
 * Lists the files at a path, and their counterparts in the target, in code-point order. Lists each directory
 * separately, because a glob ends at 10,000 files.
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
  /** Target backend; `undefined` below a directory that the target does not have. */
  readonly to: BackendProtocolV2 | undefined;
  /** Directories already listed. A CompositeBackend lists a mount inside another backend twice. */
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
      yield {
        path,
        error: "Other backends would read this path as another one, so the file cannot be copied.",
      };
    }
  }
}

/** Lists the children of a directory by path, in order; entries outside the directory are ignored. */
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

/** True if a path means the same file in every backend. Some backends may hold `/a//b`, which is `/a/b` here. */
function isExact(path: string): boolean {
  try {
    return `/${parsePath(path).relative}` === path;
  } catch {
    return false;
  }
}
