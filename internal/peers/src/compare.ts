/** `npm run compare` in the root: runs the whole suite on every backend, and writes the page about its findings. */
import { writeFile } from "node:fs/promises";
import { startMinio, startPostgres } from "@deepagents-internal/servers";
import { EDITION } from "@deepagents-remote/core/conformance";
import type { Comparison } from "./data.js";
import { type Compared, mergeAll } from "./merge.js";
import { dataFile, page, pageFile } from "./page.js";
import { runSubject } from "./run-subject.js";
import { subjects } from "./subjects.js";
import { versions } from "./versions.js";

const started = performance.now();
/** Interval of progress messages, in milliseconds. */
const SIGN_OF_LIFE_MS = 10_000;

const log = (line: string) => void process.stderr.write(`${line}\n`);
const [postgres, minio] = await Promise.all([startPostgres({ log }), startMinio({ log })]);
try {
  // Read by the processes that test the backends.
  process.env.TEST_POSTGRES_URL = postgres.url;
  process.env.TEST_S3_URL = minio.url;
  const data: Comparison = {
    date: new Date().toISOString().slice(0, 10),
    edition: EDITION,
    platform: process.platform,
    versions: versions(postgres, minio),
    ...mergeAll(await runAll()),
  };
  await writeFile(dataFile, `${JSON.stringify(data, null, 2)}\n`);
  await writeFile(pageFile, page(data));
  log(`Written in ${Math.round((performance.now() - started) / 1_000)} s.`);
} finally {
  await Promise.all([postgres.stop(), minio.stop()]);
}

/** Runs the suite on one backend after another, so that none slows down another. */
async function runAll(): Promise<Record<string, Compared>> {
  const compared: Record<string, Compared> = {};
  for (const [name, subject] of Object.entries(subjects)) {
    const runs = [];
    const begun = performance.now();
    const alive = setInterval(() => {
      log(`${subject.name}: ${Math.round((performance.now() - begun) / 1_000)} s so far`);
    }, SIGN_OF_LIFE_MS);
    // Lost races are not deterministic, so results that differ between two runs are reported as such.
    for (let n = 0; n < (subject.ours ? 1 : 2); n++) runs.push(await runSubject({ subject: name }));
    clearInterval(alive);
    compared[name] = { subject, runs };
    const statuses = Object.values(runs[0]!.cases).map(({ status }) => status);
    const count = (status: string) => statuses.filter((one) => one === status).length;
    log(`${subject.name}: ${count("passed")} passed, ${count("failed")} failed`);
  }
  return compared;
}
