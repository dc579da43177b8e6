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
  /** Index for prefixes, under the Python package's name. */
  readonly prefixIndex: string;
  /** Trigram index of the content. */
  readonly searchIndex: string;
}

export function tableNames(table: string, schema: string | undefined): Table {
  return {
    schema: schema && quoteIdentifier(schema),
    name:
      schema === undefined ? quoteIdentifier(table) : `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`,
    prefixIndex: quoteIdentifier(`idx_${table}_path_prefix`),
    searchIndex: quoteIdentifier(`idx_${table}_search`),
  };
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
