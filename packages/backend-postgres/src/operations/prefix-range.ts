import { prefixEnd } from "@deepagents-remote/core/adapter";

/**
 * Returns a condition for keys that start with a prefix. `~>=~` and `~<~` compare bytes, as the `text_pattern_ops`
 * index does; for UTF-8 that is code point order, under any collation. Without an upper bound the condition is omitted:
 * `$2 IS NULL OR ...` would make the index scan continue to the end of the table.
 * @param first Number of the first parameter.
 * @param isHidden False if the planner should estimate how much of the table the range covers.
 */
export function prefixRange(prefix: string, first: number, isHidden = true): PrefixRange {
  const parameter = isHidden ? hidden : visible;
  const end = prefixEnd(prefix);
  const lower = `f.path ~>=~ ${parameter(first)}`;
  if (end === undefined) return { condition: lower, parameters: [prefix] };
  return { condition: `${lower} AND f.path ~<~ ${parameter(first + 1)}`, parameters: [prefix, end] };
}

/**
 * Hides a parameter's value from the planner. The planner then estimates a range between two such values at 0.5 % of
 * the table, regardless of statistics and of how the statement is prepared, so there is only one plan to test.
 */
export const hidden = (parameter: number) => `(SELECT $${parameter}::text)`;

const visible = (parameter: number) => `$${parameter}::text`;

/**
 * Returns ORDER BY and LIMIT for a page in index order. The planner estimates a hidden LIMIT at a tenth of the rows, so
 * walking the index is always cheaper than sorting the remaining rows. With a visible number it would sort all
 * remaining rows for every page if 0.5 % of the table is less than a page.
 */
export const inOrder = (rows: number | string) => `ORDER BY f.path USING ~<~ LIMIT (SELECT ${rows})`;

export interface PrefixRange {
  readonly condition: string;
  readonly parameters: readonly string[];
}

/** Condition that skips rows whose key ends in a slash, which no file can have. */
export const NAMES_A_FILE = "f.path NOT LIKE '%/'";
