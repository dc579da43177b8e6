import { createHash } from "node:crypto";
import type { Database } from "../connection/database.js";

/** Quotes an identifier, whose length and characters the options have validated. */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Default of the option `table`. */
export const DEFAULT_TABLE = "agent_files";

/** History of a table, as found in the database. */
interface TableHistory {
  /** Name of the history table, with its schema. */
  readonly name: string;
  /** Added to transaction ids, so that they increase even after a restore into another server. */
  readonly offset: string;
}

/** Names of the table and its indexes, quoted for SQL. */
export interface TableNames {
  /** Unquoted name without the schema. */
  readonly baseName: string;
  /** Schema as given; `undefined` for the first one in the search path. */
  readonly schema: string | undefined;
  /** Name of the table, with its schema if one was given. */
  readonly name: string;
  /** FROM item for statements that change nothing. As `f` it has all our columns and `xmin`. */
  readonly rows: string;
  /** Index for prefixes, with the name that the Python package uses. */
  readonly prefixIndex: string;
  /** Trigram index of the content. */
  readonly searchIndex: string;
  /** Index of the files in `bytes`, which the trigram index does not cover. */
  readonly bytesIndex: string;
  /** Present if a history is kept. */
  readonly history?: TableHistory;
}

/** A table of a database. */
export interface Table extends TableNames {
  readonly database: Database;
}

/** Returns the names of a table. */
export function tableNames(table: string, schema: string | undefined): TableNames {
  const name =
    schema === undefined ? quoteIdentifier(table) : `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`;
  return {
    baseName: table,
    schema: schema && quoteIdentifier(schema),
    name,
    rows: name,
    prefixIndex: quoteIdentifier(`idx_${shortened(table)}_path_prefix`),
    searchIndex: quoteIdentifier(`idx_${shortened(table)}_search`),
    bytesIndex: quoteIdentifier(`idx_${shortened(table)}_bytes`),
  };
}

/**
 * Returns the table with NULL for missing columns. The planner flattens the subquery, so indexes apply as they do to
 * the table itself.
 * @param missing Types of the missing columns, by name.
 */
export function withEmptyColumns(table: Table, missing: Readonly<Record<string, string>>): Table {
  const empty = Object.entries(missing).map(([column, type]) => `, NULL::${type} AS ${column}`);
  return { ...table, rows: `(SELECT *, xmin${empty.join("")} FROM ${table.name})` };
}

/** Maximum bytes of the table's name within an index name: PostgreSQL truncates names at 63 bytes. */
const LONGEST_PART = 47;
const HASH_DIGITS = 12;

/** Truncates a long name between characters, and appends a hash to keep it unique. */
export function shortened(table: string): string {
  if (Buffer.byteLength(table) <= LONGEST_PART) return table;
  const hash = createHash("sha256").update(table).digest("hex").slice(0, HASH_DIGITS);
  let start = "";
  for (const character of table) {
    if (Buffer.byteLength(start + character) > LONGEST_PART - HASH_DIGITS - 1) break;
    start += character;
  }
  return `${start}_${hash}`;
}

/** Caches the text of a statement per table. */
export function perTable(make: (table: TableNames) => string): (table: TableNames) => string {
  const texts = new WeakMap<TableNames, string>();
  return (table) => {
    let text = texts.get(table);
    if (text === undefined) {
      text = make(table);
      texts.set(table, text);
    }
    return text;
  };
}
