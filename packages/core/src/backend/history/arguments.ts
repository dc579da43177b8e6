import type { PointInTime } from "../../store/file-history.js";
import type { Key } from "../../store/file-store.js";
import { checkOptions } from "../../support/check-options.js";
import { describeValue } from "../../support/describe-value.js";
import { RemoteBackendError } from "../../support/errors.js";
import { integer, type OptionRule, target } from "../../support/option-rules.js";
import { locateFile, type OperationContext } from "../operations/operation.js";
import type {
  ChangesOptions,
  EraseOptions,
  FileHistoryOptions,
  RestoreOptions,
  RewindOptions,
} from "./results.js";

/** Default and maximum number of entries of one page. */
const PAGE = { default: 100, max: 1_000 };

/** Maximum characters of an identifier, which messages quote. All services have shorter ones. */
const MAX_CHARACTERS = 2_000;

const limit = integer(1, PAGE.max);
const identifier: OptionRule = {
  accepts: `a non-empty string of up to ${MAX_CHARACTERS} characters`,
  test: (value) => isText(value),
  types: ["string"],
};
const time: OptionRule = { accepts: "a valid Date", test: (value) => isTime(value), types: ["object"] };

/** Options of the methods on the history. An `undefined` condition would change more than the caller meant. */
const RULES = {
  history: { limit, before: identifier } satisfies Record<keyof FileHistoryOptions, OptionRule>,
  restore: { ifVersion: target(identifier) } satisfies Record<keyof RestoreOptions, OptionRule>,
  rewind: { path: identifier } satisfies Record<keyof RewindOptions, OptionRule>,
  changes: { since: identifier, thread: identifier, path: identifier, limit } satisfies Record<
    keyof ChangesOptions,
    OptionRule
  >,
  erase: { before: target(time) } satisfies Record<keyof EraseOptions, OptionRule>,
};

/**
 * Checks the options of a method.
 * @throws RemoteBackendError `invalid-options`, naming the option and the accepted values.
 */
export const checkMethodOptions = (method: keyof typeof RULES, options: unknown): void =>
  checkOptions(method, options, RULES[method]);

/** Returns the maximum number of entries of a page. */
export const pageLimit = (given: number | undefined): number => given ?? PAGE.default;

/** Returns an identifier of a version. @throws RemoteBackendError `invalid-options` */
export const versionId = (name: string, value: unknown): string =>
  isText(value) ? value : refuse(`'${name}'`, "the identifier of a version, as history() returns it", value);

/**
 * Returns the key of a file.
 * @throws RemoteBackendError `invalid-path` for a path that is refused or that names a directory.
 */
export function keyOfFile(op: OperationContext, path: string): Key {
  const { key, directory, relative } = locateFile(op, path);
  if (!directory && relative !== "") return key;
  throw new RemoteBackendError("invalid-path", `'${path}' is a directory; give the path of a file.`);
}

/**
 * Copies a point in time, since its owner may change it later.
 * @throws RemoteBackendError `invalid-options`
 */
export function pointInTime(value: unknown): PointInTime {
  if (isTime(value)) return new Date(value);
  const { version, thread, checkpoint } = (value ?? {}) as Record<string, unknown>;
  const isVersion = isText(version) && thread === undefined && checkpoint === undefined;
  if (isVersion) return { version };
  if (version === undefined && isText(thread) && isText(checkpoint)) return { thread, checkpoint };
  return refuse(
    "The point in time",
    "a valid Date, { version }, or { thread, checkpoint } with non-empty strings",
    value,
  );
}

const isText = (value: unknown): value is string =>
  typeof value === "string" && value !== "" && value.length <= MAX_CHARACTERS && !value.includes("\0");

const isTime = (value: unknown): value is Date => value instanceof Date && !Number.isNaN(value.getTime());

function refuse(name: string, accepts: string, value: unknown): never {
  const given =
    typeof value === "string" && value.length > MAX_CHARACTERS
      ? `a string of ${value.length} characters`
      : describeValue(value);
  throw new RemoteBackendError("invalid-options", `${name} must be ${accepts}, not ${given}.`);
}
