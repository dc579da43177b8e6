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

Runs the conformance suite for deepagents' file backends on your backend. <module> is a path or a file: URL of an ES
or CommonJS module with these exports, by name or in its default export:
  create         ({ name }) => backend, or { backend, open, close, ... }; the only required export
  name           in reports; default: the file's name
  capabilities, knownFailures, skip, only, timeoutMs, scale, edition, model
                 as in the options of runConformance(); the options below override them
Other processes load the module, too. Files that only one process can see need capabilities = { processes: false }.

Cases:
  --filter <text>     an id, a prefix of ids such as edit/, or a text that ids contain; may be repeated
  --level <level>     cases up to that level: ${Object.keys(LEVELS).join(", ")}
  --edition <e>       failures of cases newer than that edition of the suite are warnings
  --list              lists the cases without running them

Run:
  --timeout <ms>      time limit of a case in milliseconds; default 30000
  --scale <n>         fraction of the full number of concurrent writers and edits; default 1
  --runs <n>          number of random sequences per case
  --steps <n>         maximum number of operations per sequence
  --seed <n>          repeats the sequences of an earlier run
  --path <path>       repeats only the failing sequence, with --seed; a failure reports both

Output:
  --json              one JSON document on standard output, everything else on standard error
  --tap               TAP 14 on standard output
  --report <file>     writes a report in the format of its extension: .html, .md or .json; may be repeated
  --help, --version

Exit code: 0 all passed; 1 a case failed, a known failure passed, or no case was run; 2 usage error; 130 interrupted.

Example:
${EXAMPLE.replace(/^/gm, "  ")}
`;
