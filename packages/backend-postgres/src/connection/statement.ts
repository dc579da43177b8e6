/** Internals of postgres.js that running a statement within its time relies on. */

/** One column as the server sent it: untouched by type parsers that a caller's client may have. */
export type Column = Buffer | null;

export type TakeRow = (row: Column[]) => void;

/** A statement of postgres.js, with the fields that its types leave out. */
export interface Statement extends PromiseLike<unknown> {
  forEach(take: TakeRow): PromiseLike<unknown>;
  forEachFn: TakeRow;
  /** The connection it was sent on; `null` while it waits for one. */
  state: { readonly pid: number | null } | null;
  /** True while its connection answers it, and not another one. */
  active: boolean;
  /** True until the server has described the statement's parameters: it has not been asked to run the statement before. */
  describeFirst?: boolean;
  /** The texts to bind; `null` for postgres.js to make them of `args`. */
  parameters: (string | null)[] | null;
  strings: string[];
  args: unknown[];
  canceller: ((statement: Statement) => Promise<void>) | null;
}

/** A column as text. */
export const text = (column: Column | undefined): string | undefined => column?.toString("utf8");

/** Collects rows outside of postgres.js, which after a failure amid an answer puts those of the next behind as many holes. */
export const collect =
  (rows: Column[][]): TakeRow =>
  (row) =>
    void rows.push(row);

/**
 * Replaces the function that took the rows. A statement of postgres.js, and all it leads to, lives until the next full
 * garbage collection, because V8 puts functions that are assigned to a property (its `resolve`) into the old generation:
 * rows of 40 KB, read one after another, had filled 50 MB when it came, and fill 4 MB without.
 */
export const forget: TakeRow = () => {};

/**
 * True if a statement ended without an answer of the server: postgres.js ends one that it sent on a connection in the turn
 * of its reset by the greeting of the next connection.
 */
export const isNoAnswer = (answer: unknown): boolean => (answer as { command?: unknown }).command === null;

/**
 * Withdraws a statement that is not sent yet; returns `false` if it was sent. It is emptied, not cancelled: postgres.js
 * would lose the connection that is being made for it.
 */
export function withdraw(query: Statement): boolean {
  if (query.state !== null) return false;
  query.strings = ["SELECT 1"];
  query.args = [];
  return true;
}
