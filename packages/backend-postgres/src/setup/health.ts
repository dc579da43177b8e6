import { RemoteBackendError } from "@deepagents-remote/core";
import type { HealthReport } from "@deepagents-remote/core/adapter";
import type { Database } from "../connection/database.js";
import { translateError } from "../connection/translate-error.js";
import type { Table } from "../rows/table.js";
import { countUploads } from "./adopt.js";
import { findCatalog, lacksColumns, whyUnfit } from "./catalog.js";
import { missingStatements } from "./statements.js";

/** Details of `check()`. What could not be found out is left out. */
export interface PostgresHealthDetails {
  /** Version of the server, such as `17.5`. */
  readonly server: string;
  /**
   * - `fit`: complete.
   * - `incomplete`: `initialize()`, by a role that may, will add columns or the index of paths. Without the index files
   *   can be used, slowly.
   * - `missing`: `initialize()`, by a role that may, will make it.
   * - `misconfigured`: not a table of files, or in a database whose encoding is not UTF8.
   */
  readonly table: "fit" | "incomplete" | "missing" | "misconfigured";
  /**
   * Trigram index of `grep`: `building` while `createSearchIndex()` runs (others' builds are shown to roles that may
   * see them), `broken` when it was interrupted; it repairs that.
   */
  readonly searchIndex: "ready" | "building" | "broken" | "missing";
  /**
   * Uploads of the Python package that are not seen, because `initialize()` has not renamed them or could not: rows whose
   * path starts with a slash, counted up to 1,000.
   */
  readonly unadopted: number;
  /** As it was when the answer was found, or the time was up. */
  readonly pool: PoolLoad;
}

/** How busy the connections are. */
export interface PoolLoad {
  /** Connections at most; left out for a client of the caller's. */
  readonly size?: number;
  /** Connections that are open; left out for a client of the caller's. */
  readonly open?: number;
  /** Statements of this backend that the server works on. */
  readonly running: number;
  /** Statements of this backend that wait for a connection. */
  readonly waiting: number;
}

/** Subject of a check. */
export interface Probe {
  readonly database: Database;
  readonly table: Table;
  /** True if the backend creates and changes nothing. */
  readonly readOnly: boolean;
  /** See `ConnectionSettings`. */
  readonly lacksChannelBinding: boolean;
  readonly pool: () => PoolLoad;
}

/** @throws RemoteBackendError if files cannot be read. */
export async function checkHealth(probe: Probe, report: HealthReport, signal: AbortSignal): Promise<void> {
  const details = report.details as { -readonly [Name in keyof PostgresHealthDetails]?: unknown };
  // Before the waiting statement is withdrawn, so that it is counted as waiting.
  const onAbort = () => {
    details.pool = probe.pool();
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await examine(probe, report, details, signal);
  } catch (thrown) {
    const error = translateError(thrown, { writes: false });
    // A server that is silent, and statements that wait behind others, look the same from here: `pool` tells them apart.
    const silent = `The ${probe.database.name} did not answer in time.`;
    throw error.code === "timeout"
      ? new RemoteBackendError("timeout", silent, { cause: error, hint: error.hint })
      : error;
  } finally {
    signal.removeEventListener("abort", onAbort);
    details.pool ??= probe.pool();
  }
}

async function examine(
  { database, table, readOnly, lacksChannelBinding }: Probe,
  report: HealthReport,
  details: { -readonly [Name in keyof PostgresHealthDetails]?: unknown },
  signal: AbortSignal,
): Promise<void> {
  const catalog = await findCatalog(database, table, signal);
  details.server = catalog.server;
  if (lacksChannelBinding) report.warn("channel-binding", NO_CHANNEL_BINDING);
  if (catalog.isReadOnly && !readOnly) report.warn("server-read-only", READ_ONLY_SERVER);
  details.table = "misconfigured";
  const why = whyUnfit(catalog);
  if (why !== undefined) throw new RemoteBackendError("misconfigured", why);
  details.table = "missing";
  if (catalog.kind === null) throw new RemoteBackendError("misconfigured", MISSING, { hint: LET_CREATE });
  const isComplete = missingStatements(table, catalog).length === 0;
  details.table = isComplete ? "fit" : "incomplete";
  details.searchIndex = catalog.searchIndex?.state ?? "missing";
  const unadopted = await countUploads(database, table, signal);
  details.unadopted = unadopted;
  if (lacksColumns(catalog) && !readOnly)
    throw new RemoteBackendError("misconfigured", INCOMPLETE, { hint: LET_ALTER });
  if (!isComplete) report.warn("index-missing", NO_INDEX);
  if (catalog.rowSecurity) report.warn("row-level-security", rowSecurity(catalog.rowSecurity.hidden));
  if (unadopted > 0) report.warn("unadopted-uploads", UNADOPTED);
}

const NO_CHANNEL_BINDING =
  "channel_binding=require is not enforced: postgres.js has no channel binding. Set sslmode=verify-full, which protects from the same attack.";
const READ_ONLY_SERVER =
  "The server is read-only (a standby, or a read-only role), so writes fail. Connect to the primary, or set readOnly: true.";
const MISSING = "The table of the files does not exist.";
const LET_CREATE = "Let a role that may create it run initialize().";
const INCOMPLETE = "The table of the files lacks columns.";
const LET_ALTER = "Let its owner run initialize().";
const NO_INDEX =
  "The table of the files lacks its index of paths and is slow; let its owner run initialize().";
const rowSecurity = (hidden: readonly string[]) =>
  "Row level security is in force for this role: files that its policies hide look missing." +
  (hidden.length > 0 ? ` No policy lets it ${hidden.join(" or ")}, which then changes nothing.` : "");
const UNADOPTED =
  "Uploads of the Python package are not visible: their paths start with a slash. Let a role that may UPDATE run initialize().";
