import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { findProgram } from "../os/find-program.js";
import type { GoProgram } from "./program.js";

/** From here on a Go fetches the newer one that a module asks for, unless `GOTOOLCHAIN` says not to. */
const FETCHES_TOOLCHAINS = "1.21";

export interface Go {
  program: string;
  /** `go1.26.8` */
  version: string;
}

/** The Go on PATH, or why none there can build the server. */
export function findGo({ name, oldestGo }: Pick<GoProgram, "name" | "oldestGo">): Go | string {
  const program = findProgram("go");
  if (!program) return "there is no Go on PATH to build it with";
  const answer = spawnSync(program, ["env", "GOVERSION", "GOTOOLCHAIN"], {
    encoding: "utf8",
    env: { ...process.env },
    // Not in a folder whose own go.mod would choose another Go.
    cwd: tmpdir(),
  });
  if (answer.status !== 0) return `${program} does not run: ${answer.error?.message ?? answer.stderr.trim()}`;
  const [version = "", toolchain = ""] = answer.stdout.split("\n");
  const fetches = isAtLeast(version, FETCHES_TOOLCHAINS) && /auto|path/.test(toolchain);
  if (isAtLeast(version, oldestGo) || fetches) return { program, version };
  return `${name} is built with Go ${oldestGo} or later, not with ${version} in ${program}`;
}

function isAtLeast(version: string, wanted: string): boolean {
  const [major, minor] = numbers(version);
  const [wantedMajor, wantedMinor] = numbers(wanted);
  return major! > wantedMajor! || (major === wantedMajor && minor! >= wantedMinor!);
}

/** A version without numbers is one that somebody builds from source. */
function numbers(version: string): [number, number] {
  const found = version.match(/(\d+)\.(\d+)/);
  return found ? [Number(found[1]), Number(found[2])] : [Number.POSITIVE_INFINITY, 0];
}
