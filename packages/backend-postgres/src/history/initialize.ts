import { setTimeout as delay } from "node:timers/promises";
import { RemoteBackendError } from "@deepagents-remote/core";
import { text } from "../connection/statement.js";
import type { Table } from "../rows/table.js";
import { CREATED_BY_OTHERS, runLocked, sqlState } from "../setup/locked.js";
import { isPermissionDenied, withStatements } from "../setup/permission-denied.js";
import { type FoundHistory, isRecording, readHistoryCatalog, recorderState } from "./catalog.js";
import { resumeHistory } from "./resume.js";
import { expireVersions } from "./retention.js";
import {
  BEGIN,
  createHistoryIndexes,
  createHistoryTable,
  RESUME,
  recordBegin,
  setReplicaIdentity,
} from "./schema.js";
import { createRecorder, createTriggers, RECORDER_FORMAT, restrictRecorder } from "./trigger.js";

/**
 * Maximum wait for the lock by which a trigger is created, in milliseconds. Writers queue behind a waiting lock, so it is
 * short and repeated.
 */
const TRIGGER_LOCK_MS = 200;
const TRIGGER_ATTEMPTS = 20;
const BETWEEN_ATTEMPTS_MS = 250;

/** Maximum number of times that the catalog is read: others may change it at the same time. */
const MAX_ROUNDS = 5;

/** SQLSTATE of a lock timeout. */
const LOCK_NOT_AVAILABLE = "55P03";

/** Settings for a history. */
export interface HistorySettings {
  readonly readOnly: boolean;
  /** Maximum wait for each lock, in milliseconds. */
  readonly lockTimeoutMs: number;
  /** Days for which versions are kept; without it, for ever. */
  readonly retention: { readonly days: number } | undefined;
}

/**
 * Sets up the history of an existing table. Safe to run concurrently from many processes. If there is nothing to do, it
 * takes no lock and needs no privilege to create. Turning it on for a table in use blocks writers for a moment only.
 * @returns The table with its history.
 * @throws RemoteBackendError `misconfigured` for a foreign table in its place, `permission-denied` if something is missing
 *   that the role may not create, `unavailable` if another session holds a lock for too long.
 */
export async function initializeHistory(
  table: Table,
  settings: HistorySettings,
  signal: AbortSignal,
): Promise<Table> {
  for (let attempt = 1; attempt <= MAX_ROUNDS; attempt++) {
    const found = await readHistoryCatalog(table, signal);
    const isSetUp = isRecording(found);
    const canChange = found.isOwner && !found.isReadOnly && !settings.readOnly;
    if (settings.readOnly && !isSetUp) {
      throw new RemoteBackendError("misconfigured", NOT_RECORDED, { hint: LET_INITIALIZE });
    }
    const state = canChange ? await readState(table, found, signal) : undefined;
    try {
      if (!settings.readOnly && (await complete(table, found, state, settings, signal))) continue;
    } catch (error) {
      if (CREATED_BY_OTHERS.has(sqlState(error))) continue;
      // Changes are recorded all the same. `check()` warns.
      if (!isSetUp || !isPermissionDenied(error)) throw error;
    }
    const kept = withHistory(table, found);
    if (!canChange) return kept;
    if (state?.isResumed) await resumeHistory(kept, signal);
    if (settings.retention) await expireVersions(kept, settings.retention.days, signal);
    return kept;
  }
  throw new RemoteBackendError("unavailable", "The history is being set up or changed by another session.");
}

/** Adds the history to a table, and its schema to the name, which then differs from any name within a statement. */
function withHistory(table: Table, found: FoundHistory): Table {
  const { table: name, name: history } = found.names;
  const rows = table.rows === table.name ? name : table.rows;
  return { ...table, name, rows, history: { name: history, offset: recorderState(found).offset } };
}

const NOT_RECORDED = "The history of the files is not set up, and this backend is read-only.";
const LET_INITIALIZE = "Let a backend that may write run initialize() with the option history.";

/** State of a history that only its rows tell. */
interface State {
  /** True if it was turned on again, and files may have changed in between. */
  readonly isResumed: boolean;
  /**
   * Statements to run if the rows were restored into a server whose transaction ids are lower, or whose sequence is
   * behind.
   */
  readonly renumbering: readonly string[] | undefined;
}

async function readState(table: Table, found: FoundHistory, signal: AbortSignal): Promise<State> {
  const { names } = found;
  const { offset } = recorderState(found);
  const [row] = await table.database.read(
    `SELECT newest.changed_tx::text,
  newest.changed_tx >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint + ${offset}
    OR newest.version_id > coalesce(pg_sequence_last_value('${names.sequence.replaceAll("'", "''")}'::regclass), 0),
  (SELECT changed_kind FROM ${names.name} WHERE path = '${BEGIN.path}' AND version_id = 0)
FROM (SELECT 1) AS one
LEFT JOIN (
  SELECT changed_tx, version_id FROM ${names.name} ORDER BY changed_tx DESC, version_id DESC LIMIT 1) AS newest ON true`,
    [],
    signal,
  );
  const isRestored = text(row?.[1]) === "t";
  return {
    isResumed: text(row?.[2]) === RESUME,
    renumbering: isRestored
      ? [
          createRecorder(names, text(row?.[0])!),
          `SELECT setval('${names.sequence.replaceAll("'", "''")}', (
  SELECT greatest(max(version_id), max(ended_id), 1) FROM ${names.name}))`,
        ]
      : undefined,
  };
}

/** Creates what is missing. Returns false if nothing was. */
async function complete(
  table: Table,
  found: FoundHistory,
  state: State | undefined,
  { lockTimeoutMs }: HistorySettings,
  signal: AbortSignal,
): Promise<boolean> {
  const objects = [...missingObjects(found), ...(state?.renumbering ?? [])];
  const triggers = missingTriggers(found);
  try {
    if (objects.length > 0) await runLocked(table.database, objects, lockTimeoutMs, signal);
    if (triggers.length > 0)
      await createInMoments(table, triggers, Math.min(lockTimeoutMs, TRIGGER_LOCK_MS), signal);
  } catch (error) {
    throw withStatements(error, [...objects, ...triggers]);
  }
  return objects.length + triggers.length > 0;
}

/** Creates triggers, waiting for their lock in short attempts. */
async function createInMoments(
  table: Table,
  statements: readonly string[],
  lockTimeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await runLocked(table.database, statements, lockTimeoutMs, signal);
      return;
    } catch (error) {
      if (sqlState(error) !== LOCK_NOT_AVAILABLE || attempt === TRIGGER_ATTEMPTS) throw error;
    }
    // Once aborted, the next attempt fails by itself.
    await delay(BETWEEN_ATTEMPTS_MS, undefined, { signal }).catch(() => {});
  }
}

/** Returns the statements that create missing objects except for the triggers, in order. */
function missingObjects(found: FoundHistory): string[] {
  const { names, kind, owner } = found;
  const statements = kind === null ? createHistoryTable(names) : [];
  const indexes = Object.entries(createHistoryIndexes(names)).filter(
    ([name]) => !found.indexes.includes(name),
  );
  statements.push(...indexes.map(([, statement]) => statement));
  const { format, offset } = recorderState(found);
  if (format < RECORDER_FORMAT) {
    statements.push(createRecorder(names, offset), restrictRecorder(names));
  }
  if (kind !== null) return statements;
  statements.push(setReplicaIdentity(names));
  // The function has the rights of its owner.
  if (owner !== null) {
    statements.push(
      `ALTER TABLE ${names.name} OWNER TO ${owner}`,
      `ALTER FUNCTION ${names.recorder}() OWNER TO ${owner}`,
    );
  }
  return statements;
}

/** Returns the statements that create or enable missing triggers, and record the time. */
function missingTriggers(found: FoundHistory): string[] {
  const { names, triggers } = found;
  const statements = Object.entries(createTriggers(names)).flatMap(([name, create]) => {
    if (triggers[name]) return [];
    return name in triggers ? `ALTER TABLE ${names.table} ENABLE TRIGGER ${name}` : create;
  });
  return statements.length === 0 ? [] : [...statements, recordBegin(names)];
}
