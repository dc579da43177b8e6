import { quoteIdentifier, shortened } from "../rows/table.js";

/** Names of the objects of a history, quoted and with their schema unless noted otherwise. */
export interface HistoryNames {
  /** Schema of the table; `undefined` for the first one in the search path. */
  readonly schema: string | undefined;
  /** Table of the files. */
  readonly table: string;
  /** History table. */
  readonly name: string;
  /** Sequence of version ids. */
  readonly sequence: string;
  /** Trigger function. */
  readonly recorder: string;
  /** Names of the indexes without their schema, by use. */
  readonly indexes: Readonly<Record<"path" | "order" | "thread" | "time", string>>;
}

/** Unquoted names of the history table and the trigger function. */
export const historyTableName = (table: string): string => `${shortened(table)}_history`;
export const recorderName = (table: string): string => `${shortened(table)}_history_record`;

/**
 * Returns the names of a history.
 * @param table Unquoted name of the table.
 * @param schema Quoted name of its schema.
 */
export function historyNames(table: string, schema: string | undefined): HistoryNames {
  const qualified = (name: string) => `${schema === undefined ? "" : `${schema}.`}${quoteIdentifier(name)}`;
  const index = (use: string) => quoteIdentifier(`idx_${shortened(table)}_h_${use}`);
  return {
    schema,
    table: qualified(table),
    name: qualified(historyTableName(table)),
    sequence: qualified(`${shortened(table)}_history_id`),
    recorder: qualified(recorderName(table)),
    indexes: { path: index("path"), order: index("order"), thread: index("thread"), time: index("time") },
  };
}
