import { describeValue } from "./describe-value.js";
import { RemoteBackendError } from "./errors.js";
import { nearest } from "./nearest.js";

/** What an option accepts, in words and as a test. */
export interface OptionRule {
  readonly accepts: string;
  readonly test: (value: unknown) => boolean;
  /**
   * Types of values that may be accepted, as `typeof` names them. A value of another type is named in the message; without
   * this none is, so that no message asks for a string and refuses a string.
   */
  readonly types?: readonly string[];
  /** Says what is wrong with a value that `test` refuses, and what to do. It must not quote strings. */
  readonly explain?: (value: unknown) => string | undefined;
  /** True if the option decides where files lie: `undefined`, given explicitly, is refused then. */
  readonly isTarget?: boolean;
}

/** A non-empty string. */
export const text: OptionRule = {
  accepts: "a non-empty string",
  test: (value) => typeof value === "string" && value !== "",
  types: ["string"],
};

/** `true` or `false`. */
export const flag: OptionRule = {
  accepts: "true or false",
  test: (value) => typeof value === "boolean",
  types: ["boolean"],
};

/** A function, a class included. */
export const callable: OptionRule = {
  accepts: "a function",
  test: (value) => typeof value === "function",
  types: ["function"],
};

/** A whole number within bounds. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): OptionRule {
  const bounds = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return {
    accepts: `a whole number ${bounds}`,
    test: (value) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max,
    types: ["number"],
    explain: (value) => (typeof value === "number" ? `not ${value}` : undefined),
  };
}

/** A time in milliseconds; Node's timers end at 2,147,483,647 (24 days) and take more for 1. */
export const milliseconds: OptionRule = integer(1, 2 ** 31 - 1);

/** One of a few words. */
export function oneOf(...words: readonly string[]): OptionRule {
  return {
    accepts: `one of ${words.map((w) => `"${w}"`).join(", ")}`,
    test: (value) => words.includes(value as string),
    types: ["string"],
    explain(value) {
      const word = typeof value === "string" ? nearest(value, words) : undefined;
      return word === undefined ? undefined : `did you mean "${word}"?`;
    },
  };
}

/** Whatever one of the rules accepts. */
export function either(...rules: readonly OptionRule[]): OptionRule {
  return {
    accepts: rules.map((rule) => rule.accepts).join(", or "),
    test: (value) => rules.some((rule) => rule.test(value)),
    types: rules.flatMap(({ types = [] }) => types),
    explain: (value) => rules.map((rule) => rule.explain?.(value)).find((why) => why !== undefined),
  };
}

/**
 * A rule for an option that decides where files lie, such as the address of a database: `undefined`, given explicitly, is
 * refused, because the default would take the place of a missing environment variable in silence.
 */
export const target = (rule: OptionRule): OptionRule => ({ ...rule, isTarget: true });

/**
 * Refuses options.
 * @param owner Whose options they are, for the message.
 * @param why Without a full stop, and without values: one of them may be a password in the wrong place.
 * @throws RemoteBackendError `invalid-options`
 */
export function refuseOptions(owner: string, why: string): never {
  throw new RemoteBackendError("invalid-options", `${owner}: ${why}${why.endsWith("?") ? "" : "."}`);
}

/**
 * Checks the options of a constructor. Values are never quoted, except for numbers.
 * @param owner Whose options they are, for the message.
 * @param rules Every option there is.
 * @param otherNames Names that these options have elsewhere, each with the name here, or with a sentence (in lower case,
 * without a full stop) that says what to do.
 * @throws RemoteBackendError `invalid-options`, naming the option and what it accepts.
 */
export function checkOptions(
  owner: string,
  options: unknown,
  rules: Readonly<Record<string, OptionRule>>,
  otherNames: Readonly<Record<string, string>> = {},
): void {
  if (typeof options !== "object" || options === null) {
    refuseOptions(owner, `options must be an object, not ${describeValue(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) refuseOptions(owner, `there is no option '${name}'${advice(name, rules, otherNames)}`);
    const complaint = complain(rule, value);
    if (complaint !== undefined) refuseOptions(owner, `option '${name}' ${complaint}`);
  }
}

/** Says which option was meant, or which there are. */
function advice(
  name: string,
  rules: Readonly<Record<string, OptionRule>>,
  otherNames: Readonly<Record<string, string>>,
): string {
  const names = Object.keys(rules);
  const other = Object.hasOwn(otherNames, name) ? otherNames[name]! : undefined;
  const meant = other ?? nearest(name, names);
  if (meant === undefined) return `; the options are ${names.join(", ")}`;
  return names.includes(meant) ? `: did you mean '${meant}'?` : `: ${meant}`;
}

function complain(rule: OptionRule, value: unknown): string | undefined {
  if (value === undefined) return rule.isTarget ? UNDEFINED : undefined;
  if (rule.test(value)) return undefined;
  const must = `must be ${rule.accepts}`;
  const why = rule.explain?.(value);
  if (why !== undefined) return `${must}${why.startsWith("not ") ? "," : ";"} ${why}`;
  const isOtherType = value === null || (rule.types && !rule.types.includes(typeof value));
  return isOtherType || value === "" ? `${must}, not ${describeValue(value)}` : must;
}

const UNDEFINED =
  "is undefined: set the environment variable or setting that it comes from, or leave the option out for the default";
