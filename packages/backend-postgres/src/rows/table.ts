import { createHash } from "node:crypto";

/** Quotes an identifier; names are checked for length and control characters before. */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Default of the option `table`. */
export const DEFAULT_TABLE = "agent_files";

/** Names of the table and what belongs to it, quoted for SQL. */
export interface Table {
  /** Schema as given; `undefined` for the first of the search path. */
  readonly schema: string | undefined;
  /** The table, with its schema if one was given. */
  readonly name: string;
  /** Source of statements that change nothing; as `f` it has every column of ours and `xmin`. */
  readonly rows: string;
  /** Index for prefixes, under the Python package's name. */
  readonly prefixIndex: string;
  /** Trigram index of the content. */
  readonly searchIndex: string;
}

export function tableNames(table: string, schema: string | undefined): Table {
  const name =
    schema === undefined ? quoteIdentifier(table) : `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`;
  return {
    schema: schema && quoteIdentifier(schema),
    name,
    rows: name,
    prefixIndex: quoteIdentifier(`idx_${shortened(table)}_path_prefix`),
    searchIndex: quoteIdentifier(`idx_${shortened(table)}_search`),
  };
}

/**
 * The same table, read as if the missing columns were there and empty. The planner pulls such a subquery up, so indexes
 * serve it as they serve the table.
 * @param missing Types of the missing columns, by name.
 */
export function withEmptyColumns(table: Table, missing: Readonly<Record<string, string>>): Table {
  const empty = Object.entries(missing).map(([column, type]) => `, NULL::${type} AS ${column}`);
  return { ...table, rows: `(SELECT *, xmin${empty.join("")} FROM ${table.name})` };
}

/** Longest part of a table's name in the name of an index, so that PostgreSQL, which cuts at 63 bytes, cuts nothing. */
const LONGEST_PART = 47;
const HASH_DIGITS = 12;

/** A longer name, cut between characters, with a hash that keeps it apart from others. */
function shortened(table: string): string {
  if (Buffer.byteLength(table) <= LONGEST_PART) return table;
  const hash = createHash("sha256").update(table).digest("hex").slice(0, HASH_DIGITS);
  let start = "";
  for (const character of table) {
    if (Buffer.byteLength(start + character) > LONGEST_PART - HASH_DIGITS - 1) break;
    start += character;
  }
  return `${start}_${hash}`;
}

/** The text of a statement by table, made once and not for every call. */
export function perTable(make: (table: Table) => string): (table: Table) => string {
  const texts = new WeakMap<Table, string>();
  return (table) => {
    let text = texts.get(table);
    if (text === undefined) {
      text = make(table);
      texts.set(table, text);
    }
    return text;
  };
}
