import { parsePath } from "../protocol/path.js";
import { callOption, functionFault } from "../support/caller-functions.js";
import { describeValue } from "../support/describe-value.js";

/**
 * Behavior of `write` for an existing file: `create` refuses, `overwrite` replaces it, `guarded` replaces it only if the
 * reader has seen the version that is stored.
 */
export type WriteMode = (typeof WRITE_MODES)[number];

export const WRITE_MODES = ["create", "overwrite", "guarded"] as const;

/**
 * Behavior of `write` for an existing file at one path. `grow` replaces it only by content that begins with the
 * existing content.
 */
export type WritePolicy = WriteMode | "grow";

/** Behavior of `uploadFiles` for an existing file. */
export type UploadPolicy = "overwrite" | "grow";

/**
 * Decides how `write` treats an existing file. Two areas belong to deepagents: tool results are evicted by call id, and
 * a refused write would lose the result. A conversation history only grows, in every mode: after a failed download,
 * deepagents would overwrite all of it with a new section.
 * @param mode The user's choice for all paths, or by path (absolute within this backend).
 * @param mountPath Path at which this backend is mounted; see `RemoteBackendOptions.mountPath`.
 * @throws RemoteBackendError `invalid-options` for a function that throws, is async, or does not return a mode.
 */
export function writePolicy(
  mode: WriteMode | ((path: string) => WriteMode),
  relative: string,
  mountPath = "",
): WritePolicy {
  const area = areaOf(relative, mountPath);
  if (area === "history") return "grow";
  const chosen = typeof mode === "function" ? choose(mode, `/${relative}`) : mode;
  return area === "tool-results" ? "overwrite" : chosen;
}

/** Decides how `uploadFiles` treats an existing file: a history only grows, everything else is replaced. */
export const uploadPolicy = (relative: string, mountPath = ""): UploadPolicy =>
  areaOf(relative, mountPath) === "history" ? "grow" : "overwrite";

/** Returns the deepagents area that a path belongs to, if any. */
function areaOf(relative: string, mountPath = ""): "tool-results" | "history" | undefined {
  const path = mountedPath(mountPath) + relative;
  if (path.startsWith("large_tool_results/")) return "tool-results";
  return path.startsWith("conversation_history/") ? "history" : undefined;
}

/** Returns the prefix of the relative paths of a mount: its segments, each followed by a slash. */
function mountedPath(mountPath: string): string {
  const { relative } = parsePath(mountPath);
  return relative === "" ? "" : `${relative}/`;
}

function choose(mode: (path: string) => WriteMode, path: string): WriteMode {
  const chosen: unknown = callOption("writeMode", () => mode(path));
  const known = WRITE_MODES.find((mode) => mode === chosen);
  if (known !== undefined) return known;
  throw functionFault(
    "writeMode",
    `The function given as 'writeMode' must return "create", "overwrite" or "guarded", not ${describeValue(chosen)}.`,
  );
}
