import type { Author } from "../../store/origin.js";
import { integer, type OptionRule } from "../../support/option-rules.js";

/** How long old versions are kept. */
export interface Retention {
  /**
   * Days, from 1 to 36,500, for which a version is kept at least after it was replaced or deleted. The current version is
   * always kept. `MemoryBackend` keeps all.
   */
  readonly days: number;
}

/** Options of the history. */
export interface HistoryOptions {
  /**
   * Returns the author of a change: any of `thread`, `checkpoint`, `agent` and `user`, each a string of up to 128 bytes
   * without control characters. Called at each change, and must not be async. If it throws or returns anything else, the
   * change fails. Default: changes have no author.
   */
  readonly by?: (() => Author | undefined) | undefined;
  /** Default: versions are kept forever. */
  readonly retention?: Retention | undefined;
}

const days = integer(1, 36_500);

/** Rule of the option `history`. */
export const historyRule: OptionRule = {
  accepts: "true, false, or an object with 'by' (a function) and 'retention' ({ days }, from 1 to 36500)",
  test: (value) => typeof value === "boolean" || isHistoryOptions(value),
  types: ["boolean", "object"],
};

function isHistoryOptions(value: unknown): boolean {
  if (!hasOnly(value, ["by", "retention"])) return false;
  const { by, retention } = value;
  if (by !== undefined && typeof by !== "function") return false;
  return retention === undefined || (hasOnly(retention, ["days"]) && days.test(retention.days));
}

const hasOnly = (value: unknown, names: readonly string[]): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.keys(value).every((name) => names.includes(name));
