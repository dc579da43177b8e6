import { RemoteBackendError } from "@deepagents-remote/core";
import type { HealthReport } from "@deepagents-remote/core/adapter";
import { translateError } from "../connection/translate-error.js";
import { checkHistory } from "../history/check.js";
import type { PostgresFileStoreOptions } from "../options.js";
import type { Table } from "../rows/table.js";
import { countUploads } from "./adopt.js";
import { findCatalog, findMisconfiguration, lacksColumns } from "./catalog.js";
import { missingStatements } from "./statements.js";

/** Details of `check()`. Unknown ones are omitted. */
export interface PostgresHealthDetails {
  /** Version of the server, such as `17.5`. */
  readonly server: string;
  /**
   * - `complete`: has all columns and the path index.
   * - `incomplete`: columns or the path index are missing; `initialize()` adds them if the role may. Without the index,
   *   files are usable but slow.
   * - `missing`: `initialize()` creates it if the role may.
   * - `misconfigured`: not a table of files, or in a database whose encoding is not UTF8.
   */
  readonly table: "complete" | "incomplete" | "missing" | "misconfigured";
  /**
   * Trigram index of `grep`: `building` while `createSearchIndex()` runs (builds by other roles only if this role may
   * see them), `broken` if a build was interrupted, which another `createSearchIndex()` repairs.
   */
  readonly searchIndex: "ready" | "building" | "broken" | "missing";
  /**
   * Number of invisible uploads of the Python package, which `initialize()` has not renamed or could not rename: rows
   * whose path starts with a slash, counted up to 1,000.
   */
  readonly unadopted: number;
  /**
   * Only with the option `history`:
   *
   * - `recording`: every change is recorded.
   * - `missing`: the trigger is missing or disabled, so changes are not recorded; `initialize()` installs it if the role
   *   may.
   */
  readonly history: "recording" | "missing";
  /** Load of the pool when the check finished or timed out. */
  readonly pool: PoolLoad;
}

/** Load of the connection pool. */
export interface PoolLoad {
  /** Maximum number of connections; omitted for a caller's client. */
  readonly size?: number;
  /** Number of open connections; omitted for a caller's client. */
  readonly open?: number;
  /** Number of running statements of this backend. */
  readonly running: number;
  /** Number of statements of this backend that wait for a connection. */
  readonly waiting: number;
}

/** Store to check. */
export interface Probe {
  readonly table: Table;
  /** True if the backend creates and changes nothing. */
  readonly readOnly: boolean;
  /** Option `history`. */
  readonly history: NonNullable<PostgresFileStoreOptions["history"]>;
  /** See `ConnectionSettings`. */
  readonly lacksChannelBinding: boolean;
  readonly pool: () => PoolLoad;
}

/**
 * Checks the database and the table.
 * @throws RemoteBackendError if files cannot be read.
 */
export async function checkHealth(probe: Probe, report: HealthReport, signal: AbortSignal): Promise<void> {
  const details = report.details as { -readonly [Name in keyof PostgresHealthDetails]?: unknown };
  // Recorded before the waiting statement is withdrawn, so that it counts as waiting.
  const onAbort = () => {
    details.pool = probe.pool();
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await examine(probe, report, details, signal);
  } catch (thrown) {
    const error = translateError(thrown, { writes: false });
    // A server that does not respond and a statement that waits behind others look the same here; `pool` distinguishes
    // them.
    const silent = `The ${probe.table.database.name} did not answer in time.`;
    throw error.code === "timeout"
      ? new RemoteBackendError("timeout", silent, { cause: error, hint: error.hint })
      : error;
  } finally {
    signal.removeEventListener("abort", onAbort);
    details.pool ??= probe.pool();
  }
}

async function examine(
  { table, readOnly, history, lacksChannelBinding }: Probe,
  report: HealthReport,
  details: { -readonly [Name in keyof PostgresHealthDetails]?: unknown },
  signal: AbortSignal,
): Promise<void> {
  const catalog = await findCatalog(table, signal);
  details.server = catalog.server;
  if (lacksChannelBinding) report.warn("channel-binding", NO_CHANNEL_BINDING);
  if (catalog.isReadOnly && !readOnly) report.warn("server-read-only", READ_ONLY_SERVER);
  details.table = "misconfigured";
  const why = findMisconfiguration(catalog);
  if (why !== undefined) throw new RemoteBackendError("misconfigured", why);
  details.table = "missing";
  if (catalog.kind === null) throw new RemoteBackendError("misconfigured", MISSING, { hint: LET_CREATE });
  const isComplete = missingStatements(table, catalog).length === 0;
  details.table = isComplete ? "complete" : "incomplete";
  details.searchIndex = catalog.searchIndex?.state ?? "missing";
  const unadopted = await countUploads(table, signal);
  details.unadopted = unadopted;
  if (lacksColumns(catalog) && !readOnly)
    throw new RemoteBackendError("misconfigured", INCOMPLETE, { hint: LET_ALTER });
  if (!isComplete) report.warn("index-missing", NO_INDEX);
  if (catalog.rowSecurity) report.warn("row-level-security", rowSecurity(catalog.rowSecurity.hidden));
  if (unadopted > 0) report.warn("unadopted-uploads", UNADOPTED);
  if (history) {
    const retention = history === true ? undefined : history.retention;
    details.history = await checkHistory(table, retention, report, signal);
  }
}

const NO_CHANNEL_BINDING =
  "channel_binding=require is not enforced: postgres.js has no channel binding. Set sslmode=verify-full, which protects against the same attack.";
const READ_ONLY_SERVER =
  "The server is read-only (a standby, or a read-only role), so writes fail. Connect to the primary, or set readOnly: true.";
const MISSING = "The files table does not exist.";
const LET_CREATE = "Let a role that may create it run initialize().";
const INCOMPLETE = "The files table lacks columns.";
const LET_ALTER = "Let its owner run initialize().";
const NO_INDEX = "The files table has no path index and is slow; let its owner run initialize().";
const rowSecurity = (hidden: readonly string[]) =>
  "Row level security is in force for this role: files that its policies hide look missing." +
  (hidden.length > 0 ? ` No policy lets it ${hidden.join(" or ")}, which then changes nothing.` : "");
const UNADOPTED =
  "Uploads of the Python package are not visible: their paths start with a slash. Let a role that may UPDATE run initialize().";
