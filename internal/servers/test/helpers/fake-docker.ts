import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "./machine.js";

/** Prefix of a command that runs it as the OS user postgres: servers refuse to run as root. */
export const AS_POSTGRES = "setpriv --reuid=postgres --regid=postgres --clear-groups";

/** Command `docker` of a machine that records its arguments. */
export function fakeDocker(machine: Machine) {
  const record = () => join(machine.folder, "asked");
  return {
    /** Installs the command; `run` is the script for `docker run`. */
    addDocker(run: string, pull = "exit 0"): void {
      machine.addProgram(
        "docker",
        `echo "$*" >>"${record()}"
    case "$1" in
      image) exit 1;;
      pull) ${pull};;
      run) ${run};;
    esac`,
      );
    },
    /** Returns the first recorded call of a subcommand. */
    asked(command: string): string {
      const calls = readFileSync(record(), "utf8").split("\n");
      return calls.find((line) => line.startsWith(`${command} `))!;
    },
  };
}
