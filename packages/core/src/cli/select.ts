import { type ConformanceCase, levelOf } from "../conformance/index.js";
import { levelsUpTo } from "../conformance/levels.js";
import type { Selection } from "./arguments.js";
import { UsageError } from "./io.js";

/**
 * Selects cases, in the order of the suite.
 * @throws UsageError if a filter matches none.
 */
export function select(
  cases: readonly ConformanceCase[],
  { filters, level }: Selection,
): readonly ConformanceCase[] {
  const among = level === undefined ? cases : cases.filter((one) => levelsUpTo(level).includes(levelOf(one)));
  if (filters.length === 0) return among;
  const meant = new Set(filters.flatMap((filter) => found(among, filter, level)));
  return among.filter((one) => meant.has(one));
}

function found(
  cases: readonly ConformanceCase[],
  filter: string,
  level: string | undefined,
): readonly ConformanceCase[] {
  const exact = cases.filter(({ id }) => id === filter);
  if (exact.length > 0) return exact;
  const some = cases.filter(({ id }) => (filter.endsWith("/") ? id.startsWith(filter) : id.includes(filter)));
  if (some.length > 0) return some;
  const where = level === undefined ? "" : ` up to the level ${level}`;
  throw new UsageError(`There is no conformance case${where} for the filter ${filter}; --list shows all.`);
}
