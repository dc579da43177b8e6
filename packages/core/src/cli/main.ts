import { allCases, VERSION } from "../conformance/index.js";
import { readArguments } from "./arguments.js";
import { type Io, UsageError } from "./io.js";
import { listJson, listText } from "./list.js";
import { run } from "./run.js";
import { select } from "./select.js";
import { USAGE } from "./usage.js";

/**
 * Runs the command line `deepagents-remote`.
 * @param args Arguments after the command's name.
 * @returns The exit code.
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    const request = readArguments(args);
    switch (request.command) {
      case "help":
        io.stdout.write(USAGE);
        return 0;
      case "version":
        io.stdout.write(`${VERSION}\n`);
        return 0;
      case "list": {
        const cases = select(allCases, request.selection);
        io.stdout.write(`${request.json ? listJson(cases) : listText(cases)}\n`);
        return 0;
      }
      case "run":
        return await run(request, io);
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.stderr.write(`${error.message}\n`);
    return 2;
  }
}
