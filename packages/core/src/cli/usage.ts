import { LEVELS } from "../conformance/index.js";

/** Short usage of the command line. */
export const SYNOPSIS = `Usage: deepagents-remote conformance <module> [options]
       deepagents-remote conformance --list [--filter <text>] [--level <level>] [--json]`;

/** Example of a module that the command line can run. */
export const EXAMPLE = `// my-backend.mjs
import { MyBackend } from "./dist/my-backend.js";
export const name = "MyBackend";
export const create = ({ name }) => new MyBackend({ namespace: [name] });
export const capabilities = { ownRoot: true };`;

/** Full usage of the command line. */
export const USAGE = `${SYNOPSIS}

Tries the rules of deepagents' file backends on a backend of yours. <module> is a path or a file: URL of an ES or
CommonJS module, which exports, by name or as its default:
  create         ({ name }) => backend, or { backend, open, close, ... }; the only one that must be there
  name           in reports; default: the file's name
  capabilities, knownFailures, skip, only, timeoutMs, scale, edition, model
                 as in the options of runConformance(); an option below wins over them
Other processes open the module too. Files that only one process can see need capabilities = { processes: false }.

Which cases:
  --filter <text>     an id, a beginning of ids such as edit/, or a text that ids contain; may be repeated
  --level <level>     cases up to that level: ${Object.keys(LEVELS).join(", ")}
  --edition <e>       failures of cases newer than that edition of the suite are warnings
  --list              prints the cases and tries none

How:
  --timeout <ms>      limit of one case in milliseconds; default 30000
  --scale <n>         share of the full number of racing writers and edits; default 1
  --runs <n>          random sequences of operations a case
  --steps <n>         operations a sequence, at most
  --seed <n>          repeats the sequences of an earlier run
  --path <path>       of these the one that failed, as its failure tells

What comes out:
  --json              one JSON document on standard output, everything else on standard error
  --tap               TAP 14 on standard output
  --report <file>     writes a report, by its extension .html, .md or .json; may be repeated
  --help, --version

Exit code: 0 all passed; 1 a case failed, a known failure passed, or no case was tried; 2 wrong use; 130 interrupted.

Example:
${EXAMPLE.replace(/^/gm, "  ")}
`;
