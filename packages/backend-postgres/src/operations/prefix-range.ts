import { prefixEnd } from "@deepagents-remote/core/adapter";

/**
 * A condition on paths that start with a prefix. `~>=~` and `~<~` compare bytes, as the index of `text_pattern_ops`
 * does; for UTF-8 that is by code point, under any collation. There is no upper bound in the text of a statement
 * that has none: `$2 IS NULL OR ...` would make the index scan run on to the end of the table.
 * @param first Number of the first parameter.
 * @param isHidden False where the planner should see how much of the table the range is.
 */
export function prefixRange(prefix: string, first: number, isHidden = true): PrefixRange {
  const parameter = isHidden ? hidden : visible;
  const end = prefixEnd(prefix);
  const lower = `f.path ~>=~ ${parameter(first)}`;
  if (end === undefined) return { condition: lower, parameters: [prefix] };
  return { condition: `${lower} AND f.path ~<~ ${parameter(first + 1)}`, parameters: [prefix, end] };
}

/**
 * A parameter whose value the planner does not see. It takes a range between two of these for 0.5 % of the table,
 * whatever the statistics say and however the statement is prepared, so that there is one plan to test.
 */
export const hidden = (parameter: number) => `(SELECT $${parameter}::text)`;

const visible = (parameter: number) => `$${parameter}::text`;

/**
 * A page of rows in the order of the index. The planner takes a LIMIT that it does not see for a tenth of the rows, so
 * that walking the index always costs less than sorting all that is left. With the number in sight it sorts wherever
 * 0.5 % of the table are fewer rows than a page, for each page anew.
 */
export const inOrder = (rows: number) => `ORDER BY f.path USING ~<~ LIMIT (SELECT ${rows})`;

export interface PrefixRange {
  readonly condition: string;
  readonly parameters: readonly string[];
}

/** Leaves out rows whose path ends in a slash: no file has such a path, and none can be opened by it. */
export const NAMES_A_FILE = "f.path NOT LIKE '%/'";
