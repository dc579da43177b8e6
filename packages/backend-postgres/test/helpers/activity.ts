import { expect } from "@jest/globals";
import type { Sql } from "postgres";
import type { PostgresBackend } from "../../src/index.js";
import type { TestDatabase } from "./database.js";

/** Connections that backends hold to a database, and the state of their statements. */
export interface Activity {
  connections: number;
  /** Statements that run, those that wait included. */
  running: number;
  /** Statements that wait for a lock. */
  waiting: number;
}

export async function activity(sql: Sql): Promise<Activity> {
  const [row] = await sql<[Activity]>`
    SELECT count(*)::int AS connections,
      count(*) FILTER (WHERE state = 'active')::int AS running,
      count(*) FILTER (WHERE wait_event_type = 'Lock')::int AS waiting
    FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'deepagents-remote'`;
  return row;
}

/** A wait that takes longer never ends. */
const LONGEST_WAIT_MS = 600_000;

export async function repeatUntil(isDone: () => Promise<boolean>, what: unknown): Promise<void> {
  const end = Date.now() + LONGEST_WAIT_MS;
  while (!(await isDone())) {
    if (Date.now() > end) throw new Error(`It never came: ${what}`);
    // Lets timers run.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Polls the server until its activity meets a condition. */
export const until = (sql: Sql, isSo: (now: Activity) => boolean): Promise<void> =>
  repeatUntil(async () => isSo(await activity(sql)), isSo);

/**
 * Sees that a pool is whole: that it runs as many statements at once as it has connections, and that there are no
 * others. No other backend may use the database.
 */
export async function expectWhole(
  { sql }: TestDatabase,
  backend: PostgresBackend,
  size: number,
): Promise<void> {
  const paths = Array.from({ length: size }, (_, i) => `/whole/${i}.txt`);
  // An operation may still meet the fault; an edit may be given up while it waits.
  const upload = async () => {
    const answers = await backend.uploadFiles(paths.map((path) => [path, Buffer.from("n")]));
    return answers.every(({ error }) => error === null);
  };
  const edit = async (path: string) => (await backend.edit(path, "n", "m")).error === undefined;
  await repeatUntil(upload, upload);
  let edits: Promise<unknown> = Promise.resolve();
  await sql.begin(async (transaction) => {
    await transaction`SELECT FROM agent_files WHERE path LIKE 'whole/%' FOR UPDATE`;
    edits = Promise.all(paths.map((path) => repeatUntil(() => edit(path), edit)));
    await until(sql, ({ waiting }) => waiting === size);
  });
  await edits;
  await until(sql, ({ connections }) => connections <= size);
  expect(await backend.glob("/whole/*")).toMatchObject({ files: { length: size } });
}
