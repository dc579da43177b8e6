import { statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { canRun } from "./reach.js";

/** The program of that name on PATH, with its folder, or undefined. */
export function findProgram(name: string): string | undefined {
  const file = programName(name);
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, file))
    .find((path) => isFile(path) && canRun(path, undefined));
}

/** As the operating system has it: `minio.exe`. */
export function programName(name: string): string {
  return process.platform === "win32" ? `${name}.exe` : name;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
