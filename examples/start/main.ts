import { randomBytes } from "node:crypto";
import type { PostgresBackend } from "@deepagents-remote/backend-postgres";
import type { FileInfo } from "@deepagents-remote/core";
import { type ChosenModel, chooseModel } from "../model/choose-model.js";
import { createSourceAgent } from "./agent.js";
import { NAMESPACE, openBackend, TABLE } from "./backend.js";
import { FILE_TOOLS, WROTE } from "./file-tools.js";
import { hashAll, type Manifest } from "./manifest.js";
import {
  bold,
  bytes,
  count,
  dim,
  duration,
  green,
  printFailure,
  printStep,
  time,
  title,
} from "./printing.js";
import { FINAL, REPORTS } from "./report.js";
import { scenario } from "./scenario.js";
import { verifyInSecondProcess } from "./second-process.js";
import { openServer, REPOSITORY, type Server } from "./server.js";
import { collectSources, type Sources, WORKSPACE } from "./sources.js";
import { task } from "./task.js";
import { type Step, watch } from "./watch.js";
import { download, filesBelow, uploadWorkspace } from "./workspace.js";

/** Runs a Deep Agent on files in PostgreSQL, then verifies the files from another process. */
async function main(): Promise<void> {
  const scratch = `/scratch/${randomBytes(4).toString("hex")}.md`;
  const sources = collectSources(REPOSITORY);
  const chosen = await chooseModel(() => scenario(sources, scratch));

  title("A Deep Agent whose files live in PostgreSQL");
  const server = await openServer();
  try {
    console.log(server.line);
    const backend = openBackend(server.url);
    let manifest: Manifest;
    try {
      manifest = await runAgent(backend, chosen, sources, scratch);
    } finally {
      await backend.close();
    }
    title("A second process, with a backend of its own, finds in the database");
    await verifyInSecondProcess(server.url, manifest);
    printWhereToLook(server);
  } finally {
    await server.stop();
  }
}

/** Runs the agent, and returns the expected content of the database. */
async function runAgent(
  backend: PostgresBackend,
  { name, model }: ChosenModel,
  sources: Sources,
  scratch: string,
): Promise<Manifest> {
  const before = await filesBelow(backend, "/");
  printEarlier(before);
  const earlier = await finishedReports(backend, before);
  await prepareWorkspace(backend, sources);

  title(`The agent, with ${name}`);
  const steps: Step[] = [];
  const agent = createSourceAgent(backend, model, [
    watch((step) => {
      steps.push(step);
      printStep(steps.length, step);
    }),
  ]);
  const { messages } = await agent.invoke({ messages: [{ role: "user", content: task(scratch) }] });
  console.log(`\n     ${messages.at(-1)?.text.trim()}`);

  const report = reportOf(steps);
  printTools(steps);
  return {
    present: hashAll(new Map([...sources, ...earlier, ...(await download(backend, [report]))])),
    absent: [scratch],
    report,
  };
}

/** Returns the finished reports of earlier runs, without that of a concurrent run. */
async function finishedReports(backend: PostgresBackend, files: FileInfo[]) {
  const paths = files.map((file) => file.path).filter((path) => path.startsWith(`${REPORTS}/`));
  const reports = await download(backend, paths);
  return [...reports].filter(([, content]) => Buffer.from(content).includes(FINAL));
}

function printEarlier(before: FileInfo[]): void {
  const reports = before.filter((file) => file.path.startsWith(`${REPORTS}/`));
  if (before.length === 0) {
    console.log("No files of earlier runs are here: this is the first.");
    return;
  }
  const others = count(before.length - reports.length, "other file");
  console.log(`Earlier runs left ${count(reports.length, "report")} and ${others} here:`);
  if (reports.length > 5) console.log(dim(`  … ${count(reports.length - 5, "older report")}`));
  for (const { path, size, modified_at } of reports.slice(-5)) {
    console.log(`  ${path}  ${dim(`${bytes(size ?? 0)}, ${time(modified_at)}`)}`);
  }
}

async function prepareWorkspace(backend: PostgresBackend, sources: Sources): Promise<void> {
  const started = performance.now();
  const stale = await uploadWorkspace(backend, sources);
  const total = [...sources.values()].reduce((sum, content) => sum + content.length, 0);
  const took = dim(`(${duration(performance.now() - started)})`);
  console.log(
    `Uploaded ${count(sources.size, "source file")} of this repository to ${WORKSPACE}/, ${bytes(total)} ${took}`,
  );
  if (stale.length > 0)
    console.log(`Removed ${count(stale.length, "file")} that the repository no longer has.`);
}

/** Finds the path of the agent's report in the tool results. */
function reportOf(steps: Step[]): string {
  const written = steps.findLast(
    ({ tool, args, answer }) =>
      tool === "write_file" && answer.startsWith(WROTE) && String(args.file_path).startsWith(`${REPORTS}/`),
  );
  if (!written)
    throw new Error(`The agent wrote no report to ${REPORTS}/. Run it again, or with another MODEL.`);
  return String(written.args.file_path);
}

function printTools(steps: Step[]): void {
  const calls = (tool: string) => steps.filter((step) => step.tool === tool).length;
  const used = FILE_TOOLS.filter((tool) => calls(tool) > 0);
  const unused = FILE_TOOLS.filter((tool) => calls(tool) === 0);
  console.log(
    `\n${green("✓")} ${count(steps.length, "tool call")}: ${used.map((tool) => `${tool} ${calls(tool)}`).join(", ")}`,
  );
  if (unused.length > 0) console.log(`  This model did without ${unused.join(", ")}.`);
}

function printWhereToLook({ where, ours }: Server): void {
  title("Where the files are");
  console.log(`${where}, table ${TABLE}, namespace ${NAMESPACE}`);
  if (ours) console.log(`${bold("npm run db")}     keeps the server up until Ctrl-C, and prints its address`);
  else console.log(`${bold("npm run db")}     prints a psql line for it`);
  console.log(`${bold("npm start")}      again: the next run finds these files\n`);
}

await main().catch(printFailure);
