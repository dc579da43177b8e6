import { DRAFT, FINAL, REPORTS } from "./report.js";
import { WORKSPACE } from "./sources.js";

/** Returns the task of the agent, the same for every model. */
export function task(scratch: string): string {
  return `Write a report about the source code in ${WORKSPACE}. Take every step with a tool, and every figure from a tool's answer.

1. List ${WORKSPACE}, and find all TypeScript files in it with glob.
2. Grep ${WORKSPACE}/packages for "export class ", in *.ts only.
3. Take the first file that was found, and read all of it: the first 20 lines, then on from "next offset".
4. Write a note of what you have read so far to ${scratch}.
5. List ${REPORTS}. The earlier reports there are named run-001.md, run-002.md and so on. Write yours under the next number. Its third line is "${DRAFT}"; then come the number of TypeScript files in each package, the exported classes with path and line, what you read, and the earlier reports with their sizes.
6. Try to write to the path of your report again: this must be refused.
7. Edit "${DRAFT}" in your report to "${FINAL}".
8. Delete ${scratch}, and read it to see that it is gone.
9. Read your report, and answer with its path and its main figures in one sentence.`;
}
