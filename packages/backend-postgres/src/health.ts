import { type ErrorCode, RemoteBackendError } from "@deepagents-remote/core";
import type { Database } from "./database.js";
import { countUploads } from "./schema/adopt.js";
import { findCatalog, lacksColumns, whyUnfit } from "./schema/catalog.js";
import { missingStatements } from "./schema/statements.js";
import type { Table } from "./table.js";
import { translateError } from "./translate-error.js";

/** The answer to a health probe. What could not be found out is left out. */
export interface Health {
  /** Whether files can be read now: the database answers, and the table is there, fit, and may be read. */
  readonly ok: boolean;
  /** Why not. The message is a sentence without secrets. */
  readonly error?: { readonly code: ErrorCode; readonly message: string };
  /** How long the answer took, in milliseconds. */
  readonly latencyMs: number;
  /** Version of the server, such as `17.5`. */
  readonly server?: string;
  /**
   * - `fit`: complete.
   * - `incomplete`: `initialize()`, by a role that may, will add columns or the index of paths. Without the index files
   *   can be used, slowly.
   * - `missing`: `initialize()`, by a role that may, will make it.
   * - `unfit`: not a table of files, or in a database whose encoding is not UTF8.
   */
  readonly table?: "fit" | "incomplete" | "missing" | "unfit";
  /**
   * Trigram index of `grep`: `building` while `createSearchIndex()` runs (others' builds are shown to roles that may
   * see them), `broken` when it was interrupted; it repairs that.
   */
  readonly searchIndex?: "ready" | "building" | "broken" | "missing";
  /**
   * Uploads of the Python package that are not seen, because `initialize()` has not renamed them or could not: rows whose
   * path starts with a slash, counted up to 1,000.
   */
  readonly unadopted?: number;
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

/** What is to be looked at, and how long. */
export interface Probe {
  readonly database: Database;
  readonly table: Table;
  readonly timeoutMs: number;
  readonly isClosed: boolean;
  readonly pool: () => PoolLoad;
}

/** Never rejects. */
export async function checkHealth(probe: Probe): Promise<Health> {
  const start = performance.now();
  const signal = AbortSignal.timeout(probe.timeoutMs);
  // Taken before the waiting statement is given up, so that it is among those that wait.
  let pool: PoolLoad | undefined;
  signal.addEventListener("abort", () => {
    pool = probe.pool();
  });
  const found = await examine(probe, signal);
  return {
    ok: found.error === undefined,
    ...found,
    latencyMs: Math.round(performance.now() - start),
    pool: pool ?? probe.pool(),
  };
}

type Findings = Pick<Health, "error" | "server" | "table" | "searchIndex" | "unadopted">;

async function examine({ database, table, isClosed }: Probe, signal: AbortSignal): Promise<Findings> {
  let found: Findings = {};
  try {
    if (isClosed) throw new RemoteBackendError("closed", "The backend was closed; construct a new one.");
    const catalog = await findCatalog(database, table, signal);
    const searchIndex = catalog.searchIndex?.state ?? "missing";
    const why = whyUnfit(catalog);
    found = { server: catalog.server, table: "unfit" };
    if (why !== undefined) throw new RemoteBackendError("unfit", why);
    found = { ...found, table: "missing" };
    if (catalog.kind === null) throw new RemoteBackendError("unfit", MISSING);
    const isComplete = missingStatements(table, catalog).length === 0;
    found = { ...found, table: isComplete ? "fit" : "incomplete", searchIndex };
    found = { ...found, unadopted: await countUploads(database, table, signal) };
    if (lacksColumns(catalog)) throw new RemoteBackendError("unfit", INCOMPLETE);
    return found;
  } catch (thrown) {
    const { code, message } = translateError(thrown, false);
    return { ...found, error: { code, message } };
  }
}

const MISSING = "The table of the files does not exist; let a role that may create it run initialize().";
const INCOMPLETE = "The table of the files lacks columns; let its owner run initialize().";
