import { CommandError } from "../support/exit.js";

/** Options that are numbers; the backends check their ranges. */
const NUMBERS: ReadonlySet<string> = new Set([
  "maxPoolSize",
  "connectTimeoutMs",
  "readTimeoutMs",
  "statementTimeoutMs",
  "operationTimeoutMs",
  "maxAttempts",
  "maxFileBytes",
  "cacheBytes",
  "concurrency",
]);

const FLAGS: ReadonlySet<string> = new Set([
  "history",
  "readOnly",
  "prepare",
  "forcePathStyle",
  "useSsl",
  "createBucket",
  "requesterPays",
  "unsafeAllowRaces",
]);

/**
 * Converts the parameter of a URL to the value of an option.
 * @throws CommandError `usage`
 */
export function optionOf(name: string, text: string): string | number | boolean {
  if (NUMBERS.has(name)) {
    if (/^\d+$/.test(text)) return Number(text);
    throw new CommandError("usage", `The parameter ${name} must be a whole number, not '${text}'.`);
  }
  if (FLAGS.has(name)) {
    if (text === "true" || text === "false") return text === "true";
    throw new CommandError("usage", `The parameter ${name} must be true or false, not '${text}'.`);
  }
  return text;
}
