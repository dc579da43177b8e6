import { homedir } from "node:os";
import { join } from "node:path";

/** Where this OS user keeps what may be made again: the place that the operating system has for it. */
export function userCache(): string {
  return join(base(), "deepagents-remote");
}

function base(): string {
  if (process.platform === "win32") return process.env.LOCALAPPDATA || join(homedir(), "AppData", "Local");
  const own = process.platform === "darwin" ? join("Library", "Caches") : ".cache";
  return process.env.XDG_CACHE_HOME || join(homedir(), own);
}
