/** Internals of postgres.js that statement timeouts depend on. */

/** Raw column as sent by the server, not affected by type parsers of a caller's client. */
export type Column = Buffer | null;

export type TakeRow = (row: Column[]) => void;

/** A statement of postgres.js, with fields that its types omit. */
export interface Statement extends PromiseLike<unknown> {
  forEach(take: TakeRow): PromiseLike<unknown>;
  forEachFn: TakeRow;
  /** Connection that the statement was sent on; `null` while it waits for one. */
  state: { readonly pid: number | null } | null;
  /** True while the connection is processing this statement, and not an earlier one. */
  active: boolean;
  /**
   * True until the server has described the statement's parameters. Before that, the statement cannot have been
   * executed.
   */
  describeFirst?: boolean;
  /** Texts to bind; `null` to let postgres.js derive them from `args`. */
  parameters: (string | null)[] | null;
  strings: string[];
  args: unknown[];
  canceller: ((statement: Statement) => Promise<void>) | null;
}

/** Decodes a column as text. */
export const text = (column: Column | undefined): string | undefined => column?.toString("utf8");

/**
 * Collects rows outside of postgres.js, which after a failure during a response offsets the rows of the next one by as
 * many holes.
 */
export const collect =
  (rows: Column[][]): TakeRow =>
  (row) =>
    void rows.push(row);

/**
 * Replaces the row callback of a finished statement. A statement of postgres.js, and everything that it references,
 * lives until the next full garbage collection, because V8 allocates functions that are assigned to a property (its
 * `resolve`) in the old generation. Reading rows of 40 KB one after another used 50 MB before a collection, and uses 4
 * MB with this.
 */
export const forget: TakeRow = () => {};

/**
 * True if a statement ended without a response from the server. If a statement is sent in the turn in which its
 * connection is reset, postgres.js resolves it with the greeting of the next connection.
 */
export const isNoAnswer = (answer: unknown): boolean => (answer as { command?: unknown }).command === null;

/**
 * Withdraws a statement that has not been sent; returns `false` if it has. The statement is emptied instead of
 * canceled, because postgres.js would leak the connection that is being opened for it.
 */
export function withdraw(query: Statement): boolean {
  if (query.state !== null) return false;
  query.strings = ["SELECT 1"];
  query.args = [];
  return true;
}
